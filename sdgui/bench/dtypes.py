"""How true a model is in other number formats, and how much quicker: the same pictures in each, in turn, on the CPU."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from sdgui.bench.pairs import Measured, interleave
from sdgui.engine.catalog import Catalog
from sdgui.engine.device import Placement
from sdgui.engine.engine import TorchEngine
from sdgui.engine.families.family import family_called
from sdgui.events import Batch, Decoded, Pixels, Task, TaskFailed, WorkerEvent
from sdgui.spec import PictureSpec

SAME = 99.0
"""Decibels of pictures that do not differ at all."""
ALONE = 2
"""Pictures of the first round that are made one by one too."""
CPU = torch.device("cpu")
PLAIN = Placement(device=CPU, dtype=torch.float32)
WAYS = {
    "float32": PLAIN,
    "bfloat16": Placement(device=CPU, dtype=torch.bfloat16),
}
OF_UNETS = {
    "float32, channels last": replace(PLAIN, channels_last=True),
    "bfloat16 between ends in float32": replace(WAYS["bfloat16"], mixed=True),
    "the same, channels last": replace(WAYS["bfloat16"], mixed=True, channels_last=True),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One way: decibels of each picture against itself in float32, the lowest of those that were made alone against
    themselves in company, and seconds round by round."""

    name: str
    decibels: tuple[float, ...]
    alone: float
    seconds: Measured

    @property
    def median(self) -> float:
        """The middle of all pictures."""
        return statistics.median(self.decibels)


def compare(
    catalog: Catalog,
    specs: Sequence[PictureSpec],
    rounds: int,
    say: Callable[[str], None],
    *,
    ways: Mapping[str, Placement],
) -> list[Row]:
    """Makes the pictures once a round in each way, the seeds going on from round to round, and ALONE of the
    first one by one; float32 comes first."""
    engines = {
        name: TorchEngine(catalog, previews=False, placement=one) for name, one in ways.items()
    }
    made: dict[str, list[Pixels]] = {name: [] for name in ways}

    def way(name: str) -> Callable[[], None]:
        def make() -> None:
            first = len(made[name])
            moved = [replace(one, seed=(one.seed + first) % 2**32) for one in specs]
            made[name] += _pictures(engines[name], moved)

        return make

    for engine in engines.values():
        engine.warm(specs[0].model.id, lambda event: None)
    seconds = interleave({name: [way(name)] for name in ways}, rounds, say)
    rows = []
    for name, engine in engines.items():
        alone = [_pictures(engine, [spec])[0] for spec in specs[:ALONE]]
        rows.append(
            Row(
                name=name,
                decibels=tuple(map(psnr, made[name], made["float32"])),
                alone=min(map(psnr, alone, made[name][:ALONE])),
                seconds=seconds[name],
            )
        )
        engine.close()
    return rows


def ways_of(catalog: Catalog, model: str) -> Mapping[str, Placement]:
    """Those that there are for a model."""
    is_unet = family_called(catalog.look(model).family).half is torch.float16
    return {**WAYS, **OF_UNETS} if is_unet else WAYS


def psnr(one: Pixels, other: Pixels) -> float:
    """Peak signal to noise ratio of two pictures in 8 bits, in decibels; SAME where they are equal."""
    error = float(np.mean((one.astype(np.float64) - other) ** 2))
    return SAME if error == 0 else 10 * math.log10(255**2 / error)


def _pictures(engine: TorchEngine, specs: Sequence[PictureSpec]) -> list[Pixels]:
    done: dict[str, Pixels] = {}

    def emit(event: WorkerEvent) -> None:
        match event:
            case Decoded():
                done[event.task] = event.pixels
            case TaskFailed(message=message):
                raise RuntimeError(message)

    tasks = tuple(Task(id=str(i), spec=spec) for i, spec in enumerate(specs))
    engine.run(Batch(tasks=tasks), emit, lambda task: False)
    return [done[task.id] for task in tasks]
