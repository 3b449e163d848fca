"""Where the tensors of real and of tiny models are in a file."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sdgui.engine.checkpoints.clip import Clip
from sdgui.engine.checkpoints.stored import Stored
from sdgui.engine.checkpoints.unet import UNet
from sdgui.engine.checkpoints.vae import VAE

UNET, VAE_, CLIP = "model.diffusion_model.", "first_stage_model.", "cond_stage_model.transformer."
OPEN, FIRST, SECOND = (
    "cond_stage_model.model.",
    "conditioner.embedders.0.transformer.",
    "conditioner.embedders.1.model.",
)
CLIP_L = Clip(
    words=49408, positions=77, width=768, layers=12, wide=3072, open=False, stored="text_model."
)
REAL_VAE = VAE(channels=(128, 256, 512, 512), layers=2, latent=4, quantised=True, square=True)
REAL_SD1 = UNet(
    into=4,
    out=4,
    channels=(320, 640, 1280, 1280),
    layers=2,
    depths=(1, 1, 1, 0),
    middle=1,
    cross=768,
    linear=False,
    added=None,
)
REAL: dict[str, dict[str, Any]] = {
    "sd1": {"unet": REAL_SD1, "vae": REAL_VAE, "text_encoder": CLIP_L},
    "sd2": {
        "unet": replace(REAL_SD1, cross=1024, linear=True),
        "vae": REAL_VAE,
        "text_encoder": Clip(
            words=49408, positions=77, width=1024, layers=24, wide=4096, open=True
        ),
    },
    "sdxl": {
        "unet": UNet(
            into=4,
            out=4,
            channels=(320, 640, 1280),
            layers=2,
            depths=(0, 2, 10),
            middle=10,
            cross=2048,
            linear=True,
            added=2816,
        ),
        "vae": REAL_VAE,
        "text_encoder": CLIP_L,
        "text_encoder_2": Clip(
            words=49408, positions=77, width=1280, layers=32, wide=5120, open=True, projection=1280
        ),
    },
}
PREFIXES = {
    "sd1": {"unet": UNET, "vae": VAE_, "text_encoder": CLIP},
    "sd2": {"unet": UNET, "vae": VAE_, "text_encoder": OPEN},
    "sdxl": {"unet": UNET, "vae": VAE_, "text_encoder": FIRST, "text_encoder_2": SECOND},
}


def real_shapes(family: str, **changed: Any) -> dict[str, tuple[int, ...]]:
    """Every tensor of the family's published checkpoint, by its name in the file."""
    parts = {**REAL[family], **changed}
    return {
        PREFIXES[family][part] + one.original: one.original_shape
        for part, shape in parts.items()
        for one in shape.tensors()
    }


def stored_of(family: str, modules: Mapping[str, Any]) -> dict[str, list[Stored]]:
    """The same of a tiny model of diffusers, by its configs."""
    parts: dict[str, Any] = {}
    for part, module in modules.items():
        config = module.config
        if part == "unet":
            down = [kind.startswith("Cross") for kind in config.down_block_types]
            deep = config.transformer_layers_per_block
            depths = [1] * len(down) if isinstance(deep, int) else list(deep)
            parts[part] = UNet(
                into=config.in_channels,
                out=config.out_channels,
                channels=tuple(config.block_out_channels),
                layers=config.layers_per_block,
                depths=tuple(d if has else 0 for d, has in zip(depths, down, strict=True)),
                middle=depths[-1],
                cross=config.cross_attention_dim,
                linear=config.use_linear_projection,
                added=config.projection_class_embeddings_input_dim,
            )
        elif part == "vae":
            parts[part] = VAE(
                channels=tuple(config.block_out_channels),
                layers=config.layers_per_block,
                latent=config.latent_channels,
                quantised=True,
                square=True,
            )
        else:
            is_open = family == "sd2" or part.endswith("_2")
            parts[part] = Clip(
                words=config.vocab_size,
                positions=config.max_position_embeddings,
                width=config.hidden_size,
                layers=config.num_hidden_layers,
                wide=config.intermediate_size,
                open=is_open,
                projection=config.projection_dim if part.endswith("_2") else None,
                stored="" if is_open else "text_model.",
            )
    return {
        part: [
            replace(one, original=PREFIXES[family][part] + one.original) for one in shape.tensors()
        ]
        for part, shape in parts.items()
    }
