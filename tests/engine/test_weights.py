"""The memory that a model will take, told from its headers, is what it takes."""

import json
import struct
from pathlib import Path

import pytest
import torch

from sdgui.engine.families.family import family_called
from sdgui.engine.loader import weights_of
from sdgui.engine.source import Source
from sdgui.engine.weights import bytes_by_part

PARTS = ("unet", "vae", "text_encoder")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_it_is_what_a_loaded_model_has(tiny_folder: Path, dtype: torch.dtype) -> None:
    names = [path.relative_to(tiny_folder).as_posix() for path in tiny_folder.glob("*/*")]
    told = bytes_by_part(Source(folder=tiny_folder), names, dtype.itemsize)
    pipe = family_called("sd1").load(Source(folder=tiny_folder), dtype)
    assert told.keys() == set(PARTS)
    for part in PARTS:
        # The numbers of the 77 positions are in no file.
        assert told[part] == pytest.approx(weights_of(getattr(pipe, part)), abs=77 * 8)


def test_a_large_file_costs_its_header_only(tmp_path: Path) -> None:
    gigabytes = 7
    header = json.dumps(
        {"a": {"dtype": "F16", "shape": [gigabytes, 2**29], "data_offsets": [0, gigabytes * 2**30]}}
    ).encode()
    with (tmp_path / "large.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.truncate(8 + len(header) + gigabytes * 2**30)  # sparse: nothing is written
    told = bytes_by_part(Source(folder=tmp_path), ["large.safetensors", "model_index.json"], 4)
    assert list(told.values()) == [2 * gigabytes * 2**30]
