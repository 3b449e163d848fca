"""A model and a picture of it, as most tests need them."""

from sdgui.adapters import Adapter, Lora
from sdgui.emphasis import read_prompt
from sdgui.model_info import ModelInfo, ModelRef
from sdgui.spec import PictureSpec

DEMO = ModelInfo(
    ref=ModelRef(id="demo", hash="ab" * 32),
    title="demo",
    family="sd1",
    width=128,
    height=128,
    max_size=256,
    steps=20,
    guidance=4.0,
    emphasis=True,
)
SPEC = PictureSpec(
    prompt="a cat",
    negative_prompt="",
    model=DEMO.ref,
    width=128,
    height=128,
    steps=20,
    guidance=4.0,
    sampler="Euler",
    seed=1,
)


def inked(info: ModelInfo, prompt: str, negative_prompt: str) -> tuple[Adapter, ...]:
    """What a shelf with one LoRA finds."""
    return tuple(
        Lora(ref=ModelRef(id="ink", hash="ab" * 32), weight=tag.unet, text_encoder_weight=tag.unet)
        for tag in read_prompt(prompt).loras
        if tag.unet is not None
    )
