"""`python -m sdgui.bench`: one table of speeds, measured in interleaved rounds."""

import argparse
import logging
import os
import resource
import sys
from collections.abc import Callable

from sdgui.demo.embedded import EMBEDDED


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
        "--size", type=int, help="width and height in pixels; the model's default if left out"
    )
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds of the dreams")
    parser.add_argument(
        "--starts", type=int, default=7, help="interleaved rounds of starting up; 0 skips them"
    )
    return parser.parse_args()


def main() -> None:
    """Measures and prints."""
    given = _arguments()
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    logging.getLogger("httpx").setLevel(logging.WARNING)
    from sdgui.bench.generation import AppWay, BareWay, Dream, EngineWay
    from sdgui.bench.pairs import interleave, spread
    from sdgui.bench.server import running_app
    from sdgui.bench.startup import FirstPictureWay, PageWay, import_gradio
    from sdgui.engine.catalog import Catalog
    from sdgui.engine.device import choose_placement
    from sdgui.engine.engine import TorchEngine

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    flags = ("--model", given.model, "--device", given.device, "--dtype", given.dtype)
    catalog = Catalog(given.model, embedded=EMBEDDED)
    specs = Dream(count=given.count, steps=given.steps, size=given.size).specs(catalog)
    placed = choose_placement(given.device, given.dtype)
    quiet = TorchEngine(catalog, device=given.device, dtype=given.dtype, previews=False)
    seen = TorchEngine(catalog, device=given.device, dtype=given.dtype)
    with running_app(*flags) as app:
        app.wait_for_page()
        with_previews = EngineWay(seen, specs)
        ways: dict[str, Callable[[], float | None]] = {
            "bare": BareWay(given.model, given.device, given.dtype, catalog, specs),
            "quiet": EngineWay(quiet, specs),
            "previews": with_previews,
            "app": AppWay(app, specs),
        }
        interleave(ways, 1, lambda line: say("warmed up"))
        with_previews.first_preview.clear()
        dreams = interleave(ways, given.rounds, lambda line: say(f"dreams, {line}"))
        app_memory = app.peak_memory()
    quiet.close()
    seen.close()

    spec, bare = specs[0], dreams["bare"]
    print(
        f"\n{len(specs)} pictures of {spec.width}x{spec.height}, {spec.steps} steps, {spec.sampler}, "
        f"cfg {spec.guidance:g}, model {spec.model.id}, on {placed.device_name} in {placed.dtype_name}; "
        f"{given.rounds} interleaved rounds, median (lowest-highest)\n"
    )
    print("| what | seconds | against bare pipe() |")
    print("|---|---|---|")
    for name, title in (
        ("bare", "bare diffusers pipe(), decode included"),
        ("quiet", "engine, no previews"),
        ("previews", "engine, previews of every picture"),
        ("app", "whole app over HTTP, PNGs stored and fetched"),
    ):
        way = dreams[name]
        print(f"| {title} | {spread(way.seconds)} | {spread(way.ratios(bare))} |")
    first = tuple(with_previews.first_preview)
    share = tuple(f / b for f, b in zip(first, bare.seconds, strict=True))
    print(f"| time to first preview | {spread(first)} | {spread(share)} |")

    if given.starts:
        starts = interleave(
            {
                "gradio": import_gradio,
                "page": PageWay(*flags),
                "picture": FirstPictureWay(*flags),
            },
            given.starts,
            lambda line: say(f"starts, {line}"),
        )
        print("\n| what | seconds | against import gradio |")
        print("|---|---|---|")
        for name, title in (
            ("gradio", "python -c 'import gradio'"),
            ("page", "start to page"),
            ("picture", "start to first picture"),
        ):
            way = starts[name]
            print(f"| {title} | {spread(way.seconds)} | {spread(way.ratios(starts['gradio']))} |")

    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"\nPeak memory: the app and its worker {app_memory / 2**20:,.0f} MiB;", end=" ")
    print(f"this bench (three pipelines) {own / 2**20:,.0f} MiB.")
    if placed.device.type == "cuda":
        import torch

        print(
            f"Peak CUDA memory of this bench: {torch.cuda.max_memory_allocated() / 2**20:,.0f} MiB."
        )


if __name__ == "__main__":
    main()
