"""Bare diffusers against the engine and the whole app, on the same batches."""

import time
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import DiffusionPipeline

from sdgui.bench.client import AppClient
from sdgui.bench.direct import said_directly
from sdgui.bench.server import AppProcess
from sdgui.engine.catalog import Catalog
from sdgui.engine.device import Placement, choose_placement
from sdgui.engine.engine import TorchEngine
from sdgui.engine.families.family import Family, family_called
from sdgui.engine.quiet import quiet
from sdgui.errors import UserError
from sdgui.events import Batch, Decoded, Preview, Task, TaskFailed, WorkerEvent
from sdgui.model_info import ModelInfo
from sdgui.spec import DreamRequest, PictureSpec


@dataclass(frozen=True, kw_only=True)
class Dream:
    """What is dreamt in every round; None stands for the model's default."""

    prompt: str = "a red boat at sea"
    count: int = 4
    steps: int | None = None
    size: int | None = None

    def specs(self, catalog: Catalog) -> tuple[PictureSpec, ...]:
        """The pictures of this dream, from seed 1041 on."""
        request = DreamRequest(
            prompt=self.prompt,
            count=self.count,
            steps=self.steps,
            width=self.size,
            height=self.size,
            seed=1041,
        )
        return request.resolve(catalog.describe(catalog.names()[0]), lambda: 0)


class EngineWay:
    """The engine alone, in this process: one batch after the other."""

    def __init__(self, engine: TorchEngine, *batches: tuple[PictureSpec, ...]) -> None:
        self._engine = engine
        self._batches = [
            Batch(tasks=tuple(Task(id=f"{b}-{i}", spec=spec) for i, spec in enumerate(specs)))
            for b, specs in enumerate(batches)
        ]
        self.first_preview: list[float] = []

    def __call__(self) -> None:
        done = 0
        begun = time.perf_counter()
        first: float | None = None

        def emit(event: WorkerEvent) -> None:
            nonlocal done, first
            match event:
                case Preview() if first is None:
                    first = time.perf_counter() - begun
                case Decoded():
                    done += 1
                case TaskFailed(message=message, hint=hint):
                    raise UserError(message, hint)

        for batch in self._batches:
            self._engine.run(batch, emit, lambda task: False)
        asked = sum(len(batch.tasks) for batch in self._batches)
        if done != asked:
            raise RuntimeError(f"{done} of {asked} pictures came")
        if first is not None:
            self.first_preview.append(first)


@dataclass(frozen=True, kw_only=True)
class Bare:
    """Diffusers' own pipeline, and the family whose schedulers it is given."""

    pipe: Any
    family: Family


def placement_for(info: ModelInfo, device: str, dtype: str) -> Placement:
    """Where the engine puts a model."""
    return choose_placement(device, dtype).fitting(
        family_called(info.family).half, true_in_bfloat16=info.bfloat16
    )


def load_bare(model: str, device: str, dtype: str, catalog: Catalog) -> Bare:
    """Diffusers' own pipeline, loaded as its documentation tells."""
    located = catalog.locate(model)
    family = family_called(located.info.family)
    placed = placement_for(located.info, device, dtype)
    folder = located.source.folder
    # What a model leaves out (the third text encoder of SD 3) has to be said again.
    left_out = [
        n for n, what in DiffusionPipeline.load_config(folder).items() if what == [None] * 2
    ]
    with quiet():
        pipe = DiffusionPipeline.from_pretrained(
            folder, dtype=placed.dtype, use_safetensors=True, **dict.fromkeys(left_out)
        ).to(placed.device)
    pipe.set_progress_bar_config(disable=True)
    return Bare(pipe=pipe, family=family)


class BareWay:
    """Diffusers' own pipeline, called for one batch as its documentation tells, decode included."""

    def __init__(self, bare: Bare, specs: tuple[PictureSpec, ...]) -> None:
        self._pipe = bare.pipe
        self._scheduler = bare.family.scheduler(
            specs[0].sampler,
            bare.pipe.scheduler.config,
            specs[0].steps,
            schedule=specs[0].schedule,
        )
        self._specs = specs

    def __call__(self) -> None:
        self._pipe.scheduler = self._scheduler
        spec = self._specs[0]
        images = self._pipe(
            **said_directly(self._pipe, self._specs),
            width=spec.width,
            height=spec.height,
            num_inference_steps=spec.steps,
            generator=[torch.Generator("cpu").manual_seed(s.seed) for s in self._specs],
        ).images
        if len(images) != len(self._specs):
            raise RuntimeError("a picture is missing")


class AppWay:
    """The whole app over HTTP: from the request until every PNG has arrived."""

    def __init__(self, app: AppProcess, specs: tuple[PictureSpec, ...]) -> None:
        self._client = AppClient(app.url)
        self._specs = specs

    def __call__(self) -> None:
        check_all_came(self._client.dream(**asked_by(self._specs)), self._specs)


def asked_by(specs: tuple[PictureSpec, ...]) -> dict[str, object]:
    """What the app's endpoint is asked, to make these pictures."""
    spec = specs[0]
    return {
        "prompt": spec.prompt,
        "seed": spec.seed,
        "count": len(specs),
        "steps": spec.steps,
        "guidance": spec.guidance,
        "width": spec.width,
        "height": spec.height,
        "sampler": spec.sampler_name,
    }


def check_all_came(files: list[bytes], specs: tuple[PictureSpec, ...]) -> None:
    """RuntimeError unless there is a file for each picture."""
    if len(files) != len(specs):
        raise RuntimeError(f"{len(files)} of {len(specs)} pictures came")
