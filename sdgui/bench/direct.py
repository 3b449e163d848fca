"""How each family's pipeline is asked directly, without the engine; written again here, not taken from it."""

from collections.abc import Sequence
from typing import Any

from sdgui.spec import PictureSpec


def said_directly(pipe: Any, specs: Sequence[PictureSpec]) -> dict[str, Any]:
    """What to draw, as a person would tell diffusers."""
    kind = type(pipe).__name__
    prompts = [spec.prompt for spec in specs]
    negatives: list[str] | None = [spec.negative_prompt for spec in specs]
    if not any(spec.negative_prompt for spec in specs):
        negatives = None
    guidance = specs[0].guidance
    if kind == "FluxPipeline":
        tokens = 512 if pipe.transformer.config.guidance_embeds else 256
        return {"prompt": prompts, "guidance_scale": guidance, "max_sequence_length": tokens}
    if kind == "Flux2KleinPipeline":
        said: dict[str, Any] = {"prompt": prompts, "guidance_scale": guidance}
        if negatives is not None:
            said["negative_prompt_embeds"] = pipe.encode_prompt(negatives)[0]
        return said
    if kind == "QwenImagePipeline":
        # Its makers' own example has this one where there is none.
        return {
            "prompt": prompts,
            "negative_prompt": [" "] * len(prompts) if negatives is None else negatives,
            "true_cfg_scale": guidance,
        }
    if kind == "ZImagePipeline":
        guidance -= 1  # of what the prompt gives beyond the negative one, added to the prompt's
    said = {"prompt": prompts, "guidance_scale": guidance}
    if kind == "SanaPipeline":
        said["use_resolution_binning"] = False
    return said if negatives is None else said | {"negative_prompt": negatives}
