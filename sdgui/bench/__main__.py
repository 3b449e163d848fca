"""`python -m sdgui.bench`: tables of speeds, measured in interleaved rounds."""

import argparse
import os
import resource
import statistics
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sdgui.demo.embedded import EMBEDDED
from sdgui.engine.allocator import keep_freed_memory
from sdgui.engine.waiting import wait_briefly

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from sdgui.bench.load import Crowd, Town
    from sdgui.bench.pairs import Measured
    from sdgui.engine.catalog import Catalog
    from sdgui.engine.engine import TorchEngine


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sdgui.bench",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--model", default="demo", help="demo, a diffusers folder, or a hub id")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--dtype", default="auto", help="auto, float32, bfloat16 or float16")
    parser.add_argument("--count", type=int, default=4, help="pictures in the batch")
    parser.add_argument("--steps", type=int, help="steps; the model's default if left out")
    parser.add_argument(
        "--grid-steps", type=int, help="steps of each cell; the model's default if left out"
    )
    parser.add_argument(
        "--size", type=int, help="width and height in pixels; the model's default if left out"
    )
    parser.add_argument(
        "--rounds", type=int, default=7, help="interleaved rounds of the dreams; 0 skips them"
    )
    parser.add_argument(
        "--grids", type=int, default=7, help="interleaved rounds of the grid; 0 skips them"
    )
    parser.add_argument(
        "--starts", type=int, default=7, help="interleaved rounds of starting up; 0 skips them"
    )
    parser.add_argument(
        "--beside",
        type=int,
        default=7,
        help="interleaved rounds of dreams beside a browser and busy processes; 0 skips them",
    )
    parser.add_argument(
        "--soak",
        type=int,
        default=0,
        help="instead of all that, so many dreams by the page and as many over HTTP, and the memory they cost",
    )
    parser.add_argument(
        "--store",
        type=int,
        default=0,
        help="instead of all that, an output folder with so many pictures: its start, its pages, History in Chromium",
    )
    parser.add_argument(
        "--models",
        type=int,
        default=0,
        help="instead of all that, a models folder with so many files: the page beside it, and looking through it",
    )
    parser.add_argument(
        "--families",
        action="store_true",
        help="instead of all that, tiny models of every family on the CPU, and real shapes of SD 1.5 and SDXL on CUDA",
    )
    parser.add_argument(
        "--dtypes",
        type=int,
        default=0,
        help="instead of all that, so many interleaved rounds of the same pictures in each number format on the CPU",
    )
    parser.add_argument(
        "--load",
        action="store_true",
        help="instead of all that, crowds of people at once: how many pictures, how soon, how fairly, at what cost",
    )
    parser.add_argument(
        "--load-people",
        type=int,
        nargs="+",
        default=(1, 4, 16, 64),
        metavar="N",
        help="the crowds of --load",
    )
    parser.add_argument(
        "--load-seconds", type=float, default=60.0, help="seconds that each crowd of --load dreams"
    )
    parser.add_argument(
        "--load-minutes",
        type=float,
        default=0.0,
        help="with --load: the largest crowd alone for so many minutes, and by how much memory grew",
    )
    return parser.parse_args()


def main() -> None:
    """Measures and prints."""
    given = _arguments()
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    if given.soak:  # the app gives its worker what it needs by itself
        _soak(given)
        return
    if given.store:
        _store(given)
        return
    if given.models:
        _models(given)
        return
    if given.load or given.load_minutes:
        _load(given)
        return
    news = keep_freed_memory(), wait_briefly()
    if any(news) and sys.platform == "linux":
        # So that every row has what the app gives its worker.
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    if given.families:
        _families(given)
        return
    if given.dtypes:
        _dtypes(given)
        return
    from sdgui.bench.generation import load_bare
    from sdgui.engine.catalog import Catalog
    from sdgui.engine.device import choose_placement
    from sdgui.engine.engine import TorchEngine

    catalog = Catalog(given.model, embedded=EMBEDDED)
    placed = choose_placement(given.device, given.dtype)
    app_memory = None
    if given.rounds or given.grids:
        pipe = load_bare(given.model, given.device, given.dtype, catalog)
        seen = TorchEngine(catalog, device=given.device, dtype=given.dtype)
        if given.rounds:
            app_memory = _dreams(given, catalog, pipe, seen)
        if given.grids:
            _grid(given, catalog, pipe, seen)
        seen.close()
    if given.beside:
        _beside(given, catalog)
    if given.starts:
        _starts(given)

    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print("\nPeak memory:", end=" ")
    if app_memory is not None:
        print(f"the app and its worker {app_memory / 2**20:,.0f} MiB;", end=" ")
    print(f"this bench (all its pipelines) {own / 2**20:,.0f} MiB.")
    if placed.device.type == "cuda":
        import torch

        print(
            f"Peak CUDA memory of this bench: {torch.cuda.max_memory_allocated() / 2**20:,.0f} MiB."
        )


def _models(given: argparse.Namespace) -> None:
    """Many files in a models folder: how long the page takes with them, and the look through them."""
    from sdgui.bench.models_folder import measure

    for what, seconds in measure(given.models).items():
        print(f"{what:<60} {seconds:8.3f} s")


def _dreams(given: argparse.Namespace, catalog: "Catalog", pipe: Any, seen: "TorchEngine") -> int:
    """One batch in four ways; bytes that the app held at most."""
    from sdgui.bench.generation import AppWay, BareWay, Dream, EngineWay
    from sdgui.bench.pairs import Part, interleave, spread
    from sdgui.bench.server import running_app
    from sdgui.engine.engine import TorchEngine

    specs = Dream(count=given.count, steps=given.steps, size=given.size).specs(catalog)
    quiet = TorchEngine(catalog, device=given.device, dtype=given.dtype, previews=False)
    with running_app(*_flags(given)) as app:
        app.wait_for_page()
        with_previews = EngineWay(seen, specs)
        ways: dict[str, Sequence[Part]] = {
            "bare diffusers pipe(), decode included": [BareWay(pipe, specs)],
            "engine, no previews": [EngineWay(quiet, specs)],
            "engine, previews of every picture": [with_previews],
            "whole app over HTTP, PNGs stored and fetched": [AppWay(app, specs)],
        }
        interleave(ways, 1, lambda line: _say("warmed up"))
        with_previews.first_preview.clear()
        dreams = interleave(ways, given.rounds, lambda line: _say(f"dreams, {line}"))
        app_memory = app.peak_memory()
    quiet.close()

    spec = specs[0]
    print(
        f"\n{len(specs)} pictures of {spec.width}x{spec.height}, {spec.steps} steps, {spec.sampler}, "
        f"cfg {spec.guidance:g}, model {spec.model.id}, on {_placed(given)}; {_rounds(given.rounds)}\n"
    )
    bare = next(iter(dreams.values()))
    _table(dreams, ["bare pipe()"], [bare])
    first = tuple(with_previews.first_preview)
    if first:  # a single step has none
        share = tuple(f / b for f, b in zip(first, bare.seconds, strict=True))
        print(f"| time to first preview | {spread(first)} | {spread(share)} |")
    return app_memory


def _grid(given: argparse.Namespace, catalog: "Catalog", pipe: Any, seen: "TorchEngine") -> None:
    """A grid in three ways, batch by batch beside each other."""
    from sdgui.bench.generation import BareWay, EngineWay
    from sdgui.bench.grid import Grid
    from sdgui.bench.pairs import Part, interleave
    from sdgui.engine.device import choose_placement

    device = choose_placement(given.device, given.dtype).device_name
    batches = Grid(steps=given.grid_steps, size=given.size).batches(catalog, device)
    alone = [[(spec,) for spec in specs] for specs in batches]
    ways: dict[str, Sequence[Part]] = {
        "bare diffusers pipe() calls, batched alike, decode included": [
            BareWay(pipe, specs) for specs in batches
        ],
        "6×6 grid through the engine, previews of every picture": [
            EngineWay(seen, specs) for specs in batches
        ],
        "the same cells one by one, previews too": [EngineWay(seen, *specs) for specs in alone],
    }
    interleave(ways, 1, lambda line: _say("warmed up"))
    grids = interleave(ways, given.grids, lambda line: _say(f"grids, {line}"))

    spec = batches[0][0]
    print(
        f"\n6×6 grid, cfg scale × seed, {sum(map(len, batches))} pictures of {spec.width}x{spec.height} in "
        f"{len(batches)} batches, {spec.steps} steps, {spec.sampler}, model {spec.model.id}, "
        f"on {_placed(given)}; {_rounds(given.grids)}\n"
    )
    bare, _, singly = grids.values()
    _table(grids, ["bare pipe()", "one by one"], [bare, singly])


def _beside(given: argparse.Namespace, catalog: "Catalog") -> None:
    """One batch where others want the processor too: who watches it, and busy processes."""
    from sdgui.bench.bare_process import BareProcess
    from sdgui.bench.busy import Beside
    from sdgui.bench.generation import AppWay, Dream
    from sdgui.bench.pairs import Part, interleave
    from sdgui.bench.server import running_app
    from sdgui.bench.viewers import find_viewer
    from sdgui.bench.watched import WatchedWay

    specs = Dream(count=given.count, steps=given.steps, size=given.size).specs(catalog)
    bare = BareProcess(given.model, given.device, given.dtype, catalog, specs)
    viewer = find_viewer()
    with running_app(*_flags(given)) as running:
        running.wait_for_page()
        app, watched = AppWay(running, specs), WatchedWay(running, specs, viewer)
        ways: dict[str, Sequence[Part]] = {
            "bare diffusers pipe(), torch as it is installed": [bare],
            "the same beside one busy process": [Beside(bare, 1)],
            "the app, nobody watching": [app],
            f"the app, watched {viewer.name}": [watched],
            "the app beside one busy process": [Beside(app, 1)],
            "the app beside two": [Beside(app, 2)],
        }
        interleave(ways, 1, lambda line: _say("warmed up"))
        watched.previews.clear()
        beside = interleave(ways, given.beside, lambda line: _say(f"beside, {line}"))
    viewer.close()
    bare.close()

    spec = specs[0]
    print(
        f"\n{len(specs)} pictures of {spec.width}x{spec.height}, {spec.steps} steps, {spec.sampler}, "
        f"model {spec.model.id}, on {_placed(given)} with {os.cpu_count()} cores; {_rounds(given.beside)}\n"
    )
    quiet = list(beside.values())
    _table(beside, ["bare pipe() in quiet", "the app in quiet"], [quiet[0], quiet[2]])
    fewest, most = min(watched.previews), max(watched.previews)
    print(f"\nWho watched saw {fewest} to {most} previews of every picture.")


def _starts(given: argparse.Namespace) -> None:
    """Starting up, against importing gradio alone."""
    from sdgui.bench.pairs import interleave
    from sdgui.bench.startup import FirstPictureWay, PageWay, import_gradio

    flags = _flags(given)
    starts = interleave(
        {
            "python -c 'import gradio'": [import_gradio],
            "start to page": [PageWay(*flags)],
            "start to first picture": [FirstPictureWay(*flags)],
        },
        given.starts,
        lambda line: _say(f"starts, {line}"),
    )
    print()
    _table(starts, ["import gradio"], [next(iter(starts.values()))])


def _soak(given: argparse.Namespace) -> None:
    """What many dreams leave behind; the exit code is 1 where it is too much."""
    from sdgui.bench.server import running_app
    from sdgui.bench.soak import ALLOWED, WARM_UP, soak

    with running_app(*_flags(given)) as app:
        app.wait_for_page()
        grown = soak(app, given.soak, warm_up=min(WARM_UP, given.soak), say=_say)
    print("\n| dreams | server, MiB | workers, MiB |\n|---|---|---|")
    for one in grown:
        server, workers = (size / 2**20 for size in (one.server, one.workers))
        print(f"| {one.dreams} {one.kind} | {server:+.1f} | {workers:+.1f} |")
    if max(one.server + one.workers for one in grown) > ALLOWED * 2**20:
        sys.exit(f"That is more than the {ALLOWED} MiB that a thousand of either may cost.")


def _load(given: argparse.Namespace) -> None:
    """Many people at once; the exit code is 1 where what they had was too little, or cost too much."""
    import asyncio

    from sdgui.bench import load

    asked = load.Asked(
        steps=25 if given.steps is None else given.steps,
        size=128 if given.size is None else given.size,
    )
    most = max(*given.load_people, load.TOGETHER, load.BESIDE)
    missed: list[str] = []
    with load.town(asked, most, *_flags(given)) as town, asyncio.Runner() as runner:
        print(
            f"\nOne picture of {asked.size}x{asked.size} after the other for each, {asked.steps} steps, model "
            f"{given.model}, on {_placed(given)} with {os.cpu_count()} cores"
        )
        if given.load_minutes:
            sizes, seconds = [max(given.load_people)], 60 * given.load_minutes
            settle = load.settling(seconds)
        else:
            sizes, seconds, settle = given.load_people, given.load_seconds, 0.0
        crowds = runner.run(load.crowds(town, sizes, seconds, _say, settle))
        missed += _crowds(crowds)
        if given.load_minutes:
            grown = crowds[-1].grown / 2**20
            print(f"\nServer and workers grew by {grown:+.1f} MiB, at most {load.MOST_GROWN}.")
            if grown > load.MOST_GROWN:
                missed.append("memory grew")
        else:
            missed += _company(town, runner, given.rounds, given.load_seconds)
    if missed:
        sys.exit(f"Missed: {'; '.join(missed)}.")


def _crowds(crowds: "Sequence[Crowd]") -> list[str]:
    """A row for each crowd; what was missed."""
    from sdgui.bench import load

    print(
        "\n| people | pictures a minute | first preview after, s, half (19 of 20) | picture after, s, half (19 of 20) "
        f"| Jain of pictures, at least {load.LEAST_FAIR} (of waits) | server, MiB | workers, MiB "
        "| server's processor a person and minute, s | sent a person and minute, kB (by the stream) |\n"
        "|---|---|---|---|---|---|---|---|---|"
    )
    for one in crowds:
        seen, there = (
            f"{load.percentile(values, 0.5):.2f} ({load.percentile(values, 0.95):.2f})"
            for values in (one.first_seen, one.waits)
        )
        before, after = one.before, one.after
        server, workers = (
            f"{was / 2**20:,.0f} → {now / 2**20:,.0f}"
            for was, now in (
                (before.server_memory, after.server_memory),
                (before.workers_memory, after.workers_memory),
            )
        )
        used = one.per_person(after.server - before.server)
        sent, streamed = (one.per_person(total) / 1000 for total in (one.taken, one.streamed))
        print(
            f"| {one.people} | {one.a_minute:.1f} | {seen} | {there} "
            f"| {one.fairness:.3f} ({one.fairness_of_waits:.3f}) | {server} | {workers} "
            f"| {used:.3f} | {sent:.1f} ({streamed:.1f}) |"
        )
    return [f"Jain of {one.people}" for one in crowds if one.fairness < load.LEAST_FAIR]


def _company(town: "Town", runner: "asyncio.Runner", rounds: int, seconds: float) -> list[str]:
    """People together against one after another, and a few beside who disturbs them; what was missed."""
    from sdgui.bench import load
    from sdgui.bench.pairs import spread

    missed = []
    ways = load.together(town, runner, rounds, _say)
    at_once, in_turn = ways.values()
    print()
    _table(ways, ["one after another"], [in_turn])
    gained = in_turn.ratios(at_once)
    print(
        f"\nTogether they have {spread(gained)} times as many pictures a minute, at least {load.LEAST_TOGETHER}."
    )
    if statistics.median(gained) < load.LEAST_TOGETHER:
        missed.append("pictures a minute together")
    turn = seconds / 4
    print(
        f"\n| {load.BESIDE} people beside | picture after, s, half (19 of 20) | in calm | half, against calm "
        "| 19 of 20, against calm | at most |\n|---|---|---|---|---|---|"
    )
    for measure, share, most in (
        (load.beside_a_slow_client, 0.5, load.MOST_SLOW),
        (load.beside_a_flood, 0.95, load.MOST_FLOODED),
    ):
        found = runner.run(measure(town, max(1, min(5, rounds)), turn, _say))
        disturbed, calm = (
            f"{load.percentile(waits, 0.5):.2f} ({load.percentile(waits, 0.95):.2f})"
            for waits in (found.disturbed, found.calm)
        )
        half, most_of_them = found.ratio(0.5), found.ratio(0.95)
        limits = f"{most:.1f} of {'half' if share == 0.5 else '19 of 20'}"
        print(
            f"| {found.what} | {disturbed} | {calm} | {half:.2f} | {most_of_them:.2f} | {limits} |"
        )
        if not found.ratio(share) <= most:
            missed.append(found.what)
    return missed


def _dtypes(given: argparse.Namespace) -> None:
    """The same pictures in float32, in bfloat16 and with channels last: how long, and how true."""
    from sdgui.bench.dtypes import compare, ways_of
    from sdgui.bench.generation import Dream
    from sdgui.bench.pairs import spread
    from sdgui.engine.catalog import Catalog

    catalog = Catalog(given.model, embedded=EMBEDDED)
    specs = Dream(count=given.count, steps=given.steps, size=given.size).specs(catalog)
    ways = ways_of(catalog, specs[0].model.id)
    rows = compare(catalog, specs, given.dtypes, _say, ways=ways)
    plain = rows[0].seconds
    print(
        f"\n{len(specs)} pictures of {specs[0].width}x{specs[0].height}, {specs[0].steps} steps, model "
        f"{specs[0].model.id}, on the CPU with {os.cpu_count()} cores; {_rounds(given.dtypes)}\n"
    )
    print(
        "| what | time against float32 | dB against float32, median (lowest) | dB alone, lowest |"
    )
    print("|---|---|---|---|")
    for row in rows:
        true = f"{row.median:.1f} ({min(row.decibels):.1f})"
        print(f"| {row.name} | {spread(row.seconds.ratios(plain))} | {true} | {row.alone:.1f} |")


def _store(given: argparse.Namespace) -> None:
    """What a folder with many pictures costs; the exit code is 1 where it is too much."""
    import tempfile
    from pathlib import Path

    from sdgui.bench.large_store import fill

    with tempfile.TemporaryDirectory(prefix="sdgui-bench-") as place:
        fill(Path(place) / "outputs", given.store, _say)
        slow = [*_kept(given, Path(place) / "outputs"), *_scrolled(given, Path(place))]
    if slow:
        sys.exit(f"Too slow: {'; '.join(slow)}.")


def _kept(given: argparse.Namespace, folder: "Path") -> list[str]:
    """What such a folder costs the server; what took too long."""
    from sdgui.bench.large_store import LIMITS, measure

    took = measure(folder, max(given.rounds, 1))
    print(
        f"\n| {given.store:,} pictures | milliseconds, median (lowest-highest) | 19 of 20 | at most |\n"
        "|---|---|---|---|"
    )
    for one in took:
        low, high = (1000 * end(one.seconds) for end in (min, max))
        limit = 1000 * LIMITS[one.what]
        print(
            f"| {one.what} | {1000 * one.median:.1f} ({low:.1f}-{high:.1f}) | {1000 * one.most:.1f} | {limit:.0f} |"
        )
    return [one.what for one in took if one.is_slow]


def _scrolled(given: argparse.Namespace, place: "Path") -> list[str]:
    """What it costs who looks at it in Chromium; what took too long."""
    from sdgui.bench.large_store import TOKEN, give_faces
    from sdgui.bench.scrolling import scroll
    from sdgui.bench.server import AppProcess
    from sdgui.bench.viewers import Chromium, find_viewer

    viewer = find_viewer()
    try:
        if not isinstance(viewer, Chromium):
            print("\nHistory is not scrolled: Chromium and Playwright are not both here.")
            return []
        give_faces(place / "outputs")
        app = AppProcess(place)
        try:
            app.wait_for_page()
            seen = scroll(app.url, TOKEN, max(given.rounds, 1), viewer, _say)
        finally:
            app.stop()
    finally:
        viewer.close()
    print()
    for line in seen.lines():
        print(line)
    return seen.missed


def _families(given: argparse.Namespace) -> None:
    """Models with random weights: how much slower or larger the engine is than bare diffusers in each family."""
    from sdgui.bench.families import measure_shapes, measure_tiny_models
    from sdgui.engine.device import choose_placement

    asked = {"count": given.count, "steps": given.steps, "size": given.size}
    rounds = max(given.rounds, 1)
    if choose_placement(given.device, given.dtype).device.type == "cuda":
        for line in measure_shapes(asked, given.device, given.dtype, rounds, _say):
            print(line, flush=True)
    else:
        print("No CUDA device is used here: the real shapes of SD 1.5 and SDXL are left out.")
    for line in measure_tiny_models(asked, rounds, _say):
        print(line, flush=True)


def _table(
    ways: Mapping[str, "Measured"], against: Sequence[str], others: Sequence["Measured"]
) -> None:
    """One row a way: its seconds and their ratios to each of the others."""
    from sdgui.bench.pairs import spread

    print("| what | seconds |", *(f"against {name} |" for name in against))
    print("|---|---|" + "---|" * len(against))
    for name, way in ways.items():
        ratios = (spread(way.ratios(other)) for other in others)
        print(f"| {name} | {' | '.join((spread(way.seconds), *ratios))} |")


def _flags(given: argparse.Namespace) -> tuple[str, ...]:
    return ("--model", given.model, "--device", given.device, "--dtype", given.dtype)


def _placed(given: argparse.Namespace) -> str:
    from sdgui.bench.generation import placement_for
    from sdgui.engine.catalog import Catalog

    info = Catalog(given.model, embedded=EMBEDDED).look(given.model)
    placed = placement_for(info, given.device, given.dtype)
    return f"{placed.device_name} in {placed.dtype_name}"


def _rounds(number: int) -> str:
    return f"{number} interleaved rounds, median (lowest-highest)"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
