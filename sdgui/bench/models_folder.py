"""How long the page takes beside a models folder with many files, and how long it takes to look through them."""

import json
import struct
import tempfile
import time
from pathlib import Path

from sdgui.bench.server import running_app
from sdgui.engine.collection.collection import Collection

BLOCKS = 264
"""Layers that a LoRA of XL changes, with two matrices and a scale each."""


def measure(count: int) -> dict[str, float]:
    """Seconds by what took them, for a folder with so many LoRAs."""
    with tempfile.TemporaryDirectory() as folder:
        root, cache = Path(folder) / "models", Path(folder) / "cache" / "models.json"
        fill(root, count)
        seconds = {}
        for what in ("looking through all of them, the first time", "again, all remembered"):
            begun = time.perf_counter()
            collection = Collection([root], cache)
            collection.start()
            collection.wait()
            seconds[what] = time.perf_counter() - begun
        begun = time.perf_counter()
        Collection([root], cache)
        seconds["remembering them at the start of the app"] = time.perf_counter() - begun
        for what, flags in (
            ("the page, from the start of the app, without a models folder", ()),
            ("the page with the folder, never seen before", ("--models-dir", str(root))),
        ):
            with running_app(*flags) as app:
                seconds[what] = app.wait_for_page()
        return seconds


def fill(root: Path, count: int) -> None:
    """Writes LoRAs of a usual size to read and of none on the disk."""
    shapes = {}
    for block in range(BLOCKS):
        name = f"lora_unet_input_blocks_4_1_transformer_blocks_{block}_attn2_to_k"
        shapes[f"{name}.lora_down.weight"] = [16, 2048]
        shapes[f"{name}.lora_up.weight"] = [640, 16]
        shapes[f"{name}.alpha"] = []
    entries, end = {}, 0
    for name, shape in shapes.items():
        size = 2
        for side in shape:
            size *= side
        entries[name] = {"dtype": "F16", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    header = json.dumps(entries).encode()
    for number in range(count):
        file = root / f"folder {number % 30}" / f"lora {number}.safetensors"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as opened:
            opened.write(struct.pack("<Q", len(header)) + header)
            opened.truncate(8 + len(header) + end)  # sparse: nothing of it is written
