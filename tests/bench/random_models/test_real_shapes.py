"""The real shapes are the real ones; no weights are made here."""

import pytest
import torch

from sdgui.bench.random_models.real_shapes import SHAPES

PARAMETERS = {
    "SD 1.5": {"unet": 859_520_964, "vae": 83_653_863, "text_encoder": 123_060_480},
    "SDXL": {
        "unet": 2_567_463_684,
        "vae": 83_653_863,
        "text_encoder": 123_060_480,
        "text_encoder_2": 694_659_840,
    },
}
"""Of the models as they were published."""


@pytest.mark.parametrize("name", SHAPES)
def test_each_part_has_as_many_parameters_as_the_real_one(name: str) -> None:
    pipe = SHAPES[name](torch.device("meta"))
    parts = {n: part for n, part in pipe.components.items() if isinstance(part, torch.nn.Module)}
    counted = {n: sum(one.numel() for one in part.parameters()) for n, part in parts.items()}
    assert counted == PARAMETERS[name]
    assert {one.dtype for part in parts.values() for one in part.parameters()} == {torch.float16}
    assert torch.get_default_dtype() is torch.float32
