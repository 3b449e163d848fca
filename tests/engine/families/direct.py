"""How each family's pipeline is asked directly, without the engine; written again here, not taken from it."""

from collections.abc import Sequence
from typing import Any

from sdgui.spec import PictureSpec


def said_directly(model: str, pipe: Any, specs: Sequence[PictureSpec]) -> dict[str, Any]:
    """What to draw, as a person would tell diffusers."""
    said: dict[str, Any] = {"prompt": [spec.prompt for spec in specs]}
    negatives = [spec.negative_prompt for spec in specs]
    if any(negatives):
        said["negative_prompt"] = negatives
    return said | {"guidance_scale": specs[0].guidance}
