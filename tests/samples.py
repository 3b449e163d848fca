"""A model and a picture of it, as most tests need them."""

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
