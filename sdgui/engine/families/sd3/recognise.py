"""Stable Diffusion 3 and 3.5 by their files."""

from sdgui.engine.families.few_steps import few_steps
from sdgui.engine.families.flow_traits import DPM, FLOW_SAMPLERS, check_flow
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import (
    CLIP_TOKENIZER,
    T5_TOKENIZER,
    Layout,
    ModelFolder,
    factor_of,
)

T5_TOKENS = 256
T5_PARTS = ("text_encoder_3", "tokenizer_3")
"""Which a model may lack: most of its memory, for prompts that are short."""


class StableDiffusion3:
    """Classifier-free guidance above 1. The positions of its latents are learnt, so there is a largest size."""

    name = "sd3"
    title = "Stable Diffusion 3"
    layout = Layout(
        pipeline="StableDiffusion3Pipeline",
        parts={
            "transformer": ("SD3Transformer2DModel",),
            "vae": ("AutoencoderKL",),
            "text_encoder": ("CLIPTextModelWithProjection",),
            "text_encoder_2": ("CLIPTextModelWithProjection",),
            "text_encoder_3": ("T5EncoderModel", None),
            "tokenizer": CLIP_TOKENIZER,
            "tokenizer_2": CLIP_TOKENIZER,
            "tokenizer_3": (*T5_TOKENIZER, None),
        },
    )

    def claims(self, folder: ModelFolder) -> bool:
        return True

    def traits(self, folder: ModelFolder) -> Traits:
        check_flow(folder)
        transformer = folder.config("transformer")
        factor = factor_of(folder.config("vae"))
        patch = int(transformer["patch_size"])
        native = int(transformer["sample_size"]) * factor
        second = transformer.get("qk_norm") is not None  # 3.5 normalises queries and keys
        few = few_steps(folder)
        has_t5 = all(folder.has(part) for part in T5_PARTS)
        return Traits(
            width=native,
            height=native,
            size_step=patch * factor,
            largest=int(transformer["pos_embed_max_size"]) * patch * factor,
            steps=28 if few is None else few.steps,
            guidance=1.0 if few is not None else 4.5 if second else 7.0,
            sampler="Euler",
            samplers=(*FLOW_SAMPLERS, DPM),
            token_limit=T5_TOKENS
            if has_t5
            else folder.token_limit("tokenizer", "text_encoder", 77),
            tokenizer="tokenizer_3" if has_t5 else "tokenizer",
            bfloat16=True,
        )


SD3 = StableDiffusion3()
