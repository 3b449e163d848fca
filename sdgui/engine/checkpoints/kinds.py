"""What a safetensors file is, by the names in its header: a checkpoint, or what is taken for one."""

from collections.abc import Callable
from enum import StrEnum

from sdgui.engine.checkpoints.header import Header
from sdgui.engine.checkpoints.unet import PREFIX


class Kind(StrEnum):
    """What a file holds, in the words of a sentence."""

    CHECKPOINT = "a checkpoint"
    TRANSFORMER = "a transformer without its text encoders"
    LORA = "a LoRA"
    DORA = "a DoRA"
    EMBEDDING = "an embedding"
    VAE = "a VAE"
    CONTROLNET = "a ControlNet"
    ADAPTER = "an adapter for pictures"
    TEXT_ENCODER = "a text encoder"
    UPSCALER = "an upscaler"
    PART = "one part of a model in diffusers' layout"
    UNKNOWN = "something unknown"


LORA = (".lora_down.", ".lora_up.", ".lora_a.", ".lora_b.", ".lora.down.", ".lora.up.")
LORA_OTHER = (".hada_w1_a", ".lokr_w1", ".oft_blocks", "_lora.down.", "_lora.up.", ".lora_mid.")
DORA = (".dora_scale", ".lora_magnitude_vector")
SCALED = (".scale_weight", ".scale_input", ".weight_scale", ".input_scale")
SCALED_FP8 = "scaled_fp8"
LDM, BARE = PREFIX, ""
UNET = "input_blocks.0.0.weight"
LARGEST_EMBEDDING = 8192
"""Channels of the widest text encoder, and more."""


def kind_of(header: Header) -> Kind:
    """What the file is."""
    lower = [name.casefold() for name in header.tensors]
    if any(name.endswith(DORA) or ".lora_magnitude_vector" in name for name in lower):
        return Kind.DORA
    if any(mark in name for mark in (*LORA, *LORA_OTHER) for name in lower):
        return Kind.LORA
    for kind, fits in _MARKS:
        if fits(header):
            return kind
    return Kind.EMBEDDING if _is_embedding(header) else Kind.UNKNOWN


def is_scaled(header: Header) -> bool:
    """Whether its numbers are to be multiplied by others beside them, as ComfyUI's scaled fp8 are."""
    return any(
        name.endswith(SCALED) or name.rpartition(".")[2] == SCALED_FP8 for name in header.tensors
    )


def transformer_of(header: Header) -> tuple[str, str] | None:
    """The family of a transformer and the prefix of its tensors; None where it is none that is known."""
    for prefix in (LDM, BARE, "transformer.", "diffusion_model."):
        for mark, family in TRANSFORMERS.items():
            if prefix + mark in header.tensors:
                return family, prefix
    return None


TRANSFORMERS = {
    "joint_blocks.0.context_block.adaLN_modulation.1.bias": "sd3",
    "distilled_guidance_layer.in_proj.bias": "chroma",
    "single_stream_modulation.lin.weight": "flux2_klein",
    "single_stream_modulation.linear.weight": "flux2_klein",
    "double_blocks.0.img_attn.norm.key_norm.scale": "flux1",
    "single_transformer_blocks.0.norm.linear.weight": "flux1",
    "layers.0.adaLN_modulation.0.weight": "z_image",
    "transformer_blocks.0.img_mlp.net.0.proj.weight": "qwen_image",
    "transformer_blocks.0.ff_context.net.0.proj.weight": "sd3",
    "blocks.0.cross_attn.q_linear.weight": "sana",
}
"""A tensor that only this family has, in the order in which they must be looked for."""


def _begins(*prefixes: str) -> Callable[[Header], bool]:
    return lambda header: any(name.startswith(prefixes) for name in header.tensors)


def _holds(*names: str) -> Callable[[Header], bool]:
    return lambda header: any(name in header.tensors for name in names)


def _is_embedding(header: Header) -> bool:
    """Few tensors of one or two axes, as wide as a text encoder: words that were learnt."""
    return 0 < len(header.tensors) <= 4 and all(
        1 <= len(tensor.shape) <= 2 and 2 <= tensor.shape[-1] <= LARGEST_EMBEDDING
        for tensor in header.tensors.values()
    )


_MARKS: tuple[tuple[Kind, Callable[[Header], bool]], ...] = (
    (Kind.EMBEDDING, _holds("emb_params", "clip_l", "clip_g")),
    (
        Kind.CONTROLNET,
        _begins("control_model.", "input_hint_block.", "controlnet_", "controlnet."),
    ),
    (Kind.ADAPTER, _begins("ip_adapter.", "image_proj.", "adapter.body.", "body.0.resnets.")),
    (Kind.CHECKPOINT, _holds(LDM + UNET, UNET)),
    (Kind.TRANSFORMER, lambda header: transformer_of(header) is not None),
    (
        Kind.VAE,
        _holds(
            "decoder.up.0.block.0.conv1.weight",
            "first_stage_model.decoder.conv_in.weight",
            "decoder.up_blocks.0.resnets.0.conv1.weight",
            "decoder.conv_in.weight",
            "decoder.conv1.weight",
        ),
    ),
    (Kind.PART, _holds("down_blocks.0.resnets.0.norm1.weight")),
    (
        Kind.TEXT_ENCODER,
        _holds(
            "text_model.embeddings.token_embedding.weight",
            "encoder.block.0.layer.0.SelfAttention.q.weight",
            "transformer.resblocks.0.ln_1.weight",
            "model.layers.0.self_attn.q_proj.weight",
            "token_embd.weight",
        ),
    ),
    (Kind.UPSCALER, _holds("conv_first.weight", "model.0.weight", "body.0.rdb1.conv1.weight")),
)
