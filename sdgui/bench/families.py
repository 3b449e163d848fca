"""Models with random weights of every family: bare diffusers against the engine, with previews and without."""

import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from sdgui.bench.generation import BareWay, Dream, EngineWay, load_bare
from sdgui.bench.pairs import Measured, Part, interleave, spread
from sdgui.bench.random_models.real_shapes import SHAPES, write_shape
from sdgui.bench.random_models.tiny_families import MODELS, write_family
from sdgui.engine.catalog import Catalog
from sdgui.engine.device import choose_placement
from sdgui.engine.engine import TorchEngine
from sdgui.engine.memory import free_memory, is_out_of_memory
from sdgui.engine.quiet import quiet
from sdgui.errors import UserError
from sdgui.spec import PictureSpec

TINY = 64
"""Pixels along a side, where nothing else is asked: the tiny models know no size of their own."""
BARE, QUIET, SEEN = (
    "bare diffusers pipe(), decode included",
    "engine, no previews",
    "engine, previews of every picture",
)
Say = Callable[[str], None]
Asked = Mapping[str, int | None]
"""Pictures, steps and size of a dream, as Dream has them."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One dream in three ways; `memory`: bytes of CUDA memory that each took beyond what was held before."""

    specs: tuple[PictureSpec, ...]
    ways: Mapping[str, Measured]
    memory: Mapping[str, int]


class SharedEngine(TorchEngine):
    """One copy of a model's weights, used with previews and without."""

    @contextmanager
    def without_previews(self) -> Iterator[None]:
        """No batch has previews meanwhile."""
        previewer, self._previewer = self._previewer, None
        try:
            yield
        finally:
            self._previewer = previewer


class PeakWay:
    """Another way, and the most bytes of CUDA memory that it took beyond what was held before; 0 without CUDA."""

    def __init__(self, way: Callable[[], object]) -> None:
        self._way = way
        self.peak = 0

    def __call__(self) -> None:
        if not torch.cuda.is_available():
            self._way()
            return
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        self._way()
        self.peak = max(self.peak, torch.cuda.max_memory_allocated() - before)


def measure_tiny_models(asked: Asked, rounds: int, say: Say) -> Iterator[str]:
    """The lines of a table with a row for each tiny model, on the CPU in float32, where the engine weighs most."""
    said = {**asked, "size": TINY if asked["size"] is None else asked["size"]}
    yield (
        f"\nTiny models with random weights, {said['count']} pictures of {said['size']}x{said['size']}, "
        f"on cpu in float32; {_rounds(rounds)}\n"
    )
    yield "| model | steps, sampler | bare pipe(), milliseconds | engine against it | with previews |"
    yield "|---|---|---|---|---|"
    for name in MODELS:
        with _scratch() as folder:
            with quiet():
                write_family(name, folder)
            compared = compare(folder, said, "cpu", "float32", rounds, lambda line: None)
        say(name)
        spec, ways = compared.specs[0], compared.ways
        ratios = [spread(ways[way].ratios(ways[BARE])) for way in (QUIET, SEEN)]
        bare = spread(tuple(1000 * seconds for seconds in ways[BARE].seconds))
        cells = (f"{spec.steps}, {spec.sampler_name}", bare, *ratios)
        yield f"| {name} | {' | '.join(cells)} |"


def measure_shapes(asked: Asked, device: str, dtype: str, rounds: int, say: Say) -> Iterator[str]:
    """The lines of a table for each real shape; one for which there is no room is told in one line."""
    placed = choose_placement(device, dtype)
    for name, make in SHAPES.items():
        why_not = ""
        with _scratch() as folder:
            try:
                with quiet():
                    write_shape(make, folder, placed.device)
                free_memory()  # what it was made in
                weights = sum(file.stat().st_size for file in folder.rglob("*.safetensors"))
                compared = compare(folder, asked, device, dtype, rounds, say)
            except Exception as error:
                if not isinstance(error, OSError | UserError) and not is_out_of_memory(error):
                    raise
                why_not = str(error)
        free_memory()
        if why_not:
            yield f"\n{name} was not measured: {why_not}"
            continue
        where = f"{placed.device_name} in {placed.dtype_name}"
        yield from table_of(name, compared, where, weights)


def table_of(name: str, compared: Compared, where: str, weights: int) -> Iterator[str]:
    """The lines of one shape's table; steps a second are over the whole batch, its prompts and decoding included."""
    spec, bare = compared.specs[0], compared.ways[BARE]
    yield (
        f"\n{name} with random weights ({weights / 2**20:,.0f} MiB), {len(compared.specs)} pictures of "
        f"{spec.width}x{spec.height}, {spec.steps} steps, {spec.sampler_name}, cfg {spec.guidance:g}, "
        f"on {where}; {_rounds(len(bare.seconds))}\n"
    )
    yield "| what | seconds | against bare pipe() | steps a second, all included | memory beyond the weights, MiB |"
    yield "|---|---|---|---|---|"
    for way, measured in compared.ways.items():
        cells = (
            spread(measured.seconds),
            spread(measured.ratios(bare)),
            f"{spec.steps / statistics.median(measured.seconds):.2f}",
            f"{compared.memory[way] / 2**20:,.0f}",
        )
        yield f"| {way} | {' | '.join(cells)} |"


def compare(folder: Path, asked: Asked, device: str, dtype: str, rounds: int, say: Say) -> Compared:
    """One dream with the model in a folder, in three ways; its weights are in memory twice, for bare diffusers too."""
    catalog = Catalog(str(folder))
    specs = Dream(**asked).specs(catalog)  # type: ignore[arg-type]
    engine = SharedEngine(catalog, device=device, dtype=dtype)
    try:
        seen = EngineWay(engine, specs)

        def quiet() -> None:
            with engine.without_previews():
                seen()

        bare = BareWay(load_bare(str(folder), device, dtype, catalog), specs)
        ways = {BARE: PeakWay(bare), QUIET: PeakWay(quiet), SEEN: PeakWay(seen)}
        parts: dict[str, Sequence[Part]] = {name: [way] for name, way in ways.items()}
        interleave(parts, 1, lambda line: say("warmed up"))
        for way in ways.values():
            way.peak = 0  # the engine loaded its weights
        measured = interleave(parts, rounds, say)
    finally:
        engine.close()
    return Compared(
        specs=specs, ways=measured, memory={name: way.peak for name, way in ways.items()}
    )


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for one model, gone afterwards; TMPDIR says where."""
    folder = Path(tempfile.mkdtemp(prefix="sdgui-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _rounds(number: int) -> str:
    return f"{number} interleaved rounds, median (lowest-highest)"
