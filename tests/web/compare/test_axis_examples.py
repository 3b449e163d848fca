"""What the page offers for each axis can be dreamt."""

from dataclasses import replace

import pytest

from sdgui.axes import AXES, AxisRequest
from sdgui.model_info import ModelInfo
from sdgui.plans import plan_grid
from sdgui.spec import DreamRequest
from sdgui.web.compare.axis_examples import example_values, hints
from tests.samples import DEMO, inked

TURBO = replace(DEMO, steps=1, samplers=("LCM",), sampler="LCM", width=256, max_size=256)


def test_every_axis_has_a_hint_and_values() -> None:
    assert list(hints()) == list(example_values(DEMO, ["demo"])) == list(AXES)
    assert all(hints().values())


@pytest.mark.parametrize("info", [DEMO, TURBO])
@pytest.mark.parametrize("axis", [axis for axis in AXES if example_values(DEMO, ["demo"])[axis]])
def test_the_values_suit_the_model(axis: str, info: ModelInfo) -> None:
    values = example_values(info, [info.ref.id])[axis]
    asked = DreamRequest(prompt="a cat<lora:ink:1>", model=info.ref.id, emphasis=True)
    x = AxisRequest(name=axis, values=values)
    assert plan_grid(
        asked, x, describe=lambda model: info, draw_seed=lambda: 1, find_adapters=inked
    ).specs
