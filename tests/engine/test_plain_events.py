"""Nothing that the engine tells needs torch to be read: it travels to a process that never imports it."""

import io
import pickle
from pathlib import Path
from typing import Any, get_args

import torch

from sdgui.engine.engine import TorchEngine
from sdgui.events import HeldBack, WorkerEvent
from tests.engine.conftest import Lab


class Reader(pickle.Unpickler):
    """Remembers the packages that what it reads asks for."""

    def __init__(self, pickled: bytes) -> None:
        super().__init__(io.BytesIO(pickled))
        self.packages: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        self.packages.add(module.partition(".")[0])
        return super().find_class(module, name)


def test_every_event_is_read_without_torch(tiny_folder: Path) -> None:
    """Of a batch that did not fit, in half precision, in which one picture ran over."""
    lab = Lab(tiny_folder, None)
    lab.engine = TorchEngine(lab.catalog, "cpu", "bfloat16", clock=lab.clock)
    specs = lab.specs(count=3, guidance=1.0)

    def fit_two_and_spoil_the_second(_module: Any, _inputs: Any, output: torch.Tensor) -> Any:
        if len(output) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return output.index_fill(0, torch.tensor([len(output) - 1]), torch.nan)

    events: list[WorkerEvent] = []
    lab.engine.warm(lab.model, events.append)
    unet = lab.engine._load(specs[0].model, events.append).pipe.unet
    unet.conv_out.register_forward_hook(fit_two_and_spoil_the_second)
    events += lab.run(specs)
    events.append(
        HeldBack(task="0")
    )  # told where a model came with a safety checker, and nothing but this
    lab.engine.close()

    assert {type(event) for event in events} == set(get_args(WorkerEvent))
    for event in events:
        reader = Reader(pickle.dumps(event))
        assert type(reader.load()) is type(event)
        assert reader.packages <= {"sdgui", "numpy"}
