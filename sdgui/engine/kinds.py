"""The kinds of model that can be dreamt with, as their files describe them: no torch."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One family by its `_class_name` in model_index.json: the classes of its parts, which hold weights."""

    family: str
    pipeline: str
    title: str
    parts: dict[str, tuple[str, ...]]
    weights: tuple[str, ...]
    configs: tuple[str, ...]


SD1 = Kind(
    family="sd1",
    pipeline="StableDiffusionPipeline",
    title="Stable Diffusion 1.x",
    parts={
        "unet": ("UNet2DConditionModel",),
        "vae": ("AutoencoderKL",),
        "text_encoder": ("CLIPTextModel",),
        "tokenizer": ("CLIPTokenizer", "CLIPTokenizerFast"),
    },
    weights=("unet", "vae", "text_encoder"),
    configs=(
        "scheduler/scheduler_config.json",
        "tokenizer/added_tokens.json",
        "tokenizer/merges.txt",
        "tokenizer/special_tokens_map.json",
        "tokenizer/tokenizer.json",
        "tokenizer/tokenizer_config.json",
        "tokenizer/vocab.json",
    ),
)

KINDS: dict[str, Kind] = {kind.pipeline: kind for kind in (SD1,)}
