"""Which pictures are made together, how many at once, and in which order."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from sdgui.emphasis import PromptLength
from sdgui.errors import UserError
from sdgui.model_info import ModelRef
from sdgui.spec import PictureSpec

BATCH_PIXELS = {"cpu": 16 * 128 * 128, "cuda": 16 * 512 * 512}
"""How many pixels one batch may hold on a device; an engine that runs out of memory splits it further."""

MAX_CHUNKS = 32
"""More of a prompt than these is refused: each costs every step its share."""


def with_chunks(
    specs: Sequence[PictureSpec], measure: Callable[[str, str], PromptLength]
) -> tuple[PictureSpec, ...]:
    """The specs with the number of chunks that their prompts need; `measure` tells it of a model's id and a prompt.

    UserError where a prompt is longer than MAX_CHUNKS.
    """
    measured = cache(measure)

    def chunks(spec: PictureSpec) -> int:
        if not spec.emphasis:
            return 1
        guided = spec.guidance > 1
        texts = (spec.prompt, spec.negative_prompt) if guided else (spec.prompt,)
        needed = max(measured(spec.model.id, text).chunks for text in texts)
        check_chunks(needed)
        return needed

    return tuple(replace(spec, chunks=chunks(spec)) for spec in specs)


def check_chunks(chunks: int) -> None:
    """UserError where a prompt fills more than MAX_CHUNKS."""
    if chunks > MAX_CHUNKS:
        raise UserError(
            f"The prompt fills {chunks} chunks, and at most {MAX_CHUNKS} are read.",
            "Shorten it, or take out some of its BREAKs.",
        )


def batch_key(spec: PictureSpec) -> tuple[object, ...]:
    """Pictures with equal keys can be made in one batch: of equal work, with equal adapters and inputs of one kind."""
    return (
        *(spec.model, spec.width, spec.height, spec.steps, spec.guidance),
        *(spec.sampler, spec.schedule, spec.emphasis, spec.chunks, spec.correction),
        *(spec.adapters, tuple(one.kind for one in spec.inputs)),
    )


def batch_limit(spec: PictureSpec, device: str) -> int:
    """How many pictures like this one are put into one batch on a device, in words as `cuda (…)` or `cpu`."""
    pixels = BATCH_PIXELS["cuda" if device.startswith("cuda") else "cpu"]
    return max(1, pixels // (spec.width * spec.height))


def work_order(specs: Sequence[PictureSpec]) -> tuple[int, ...]:
    """Indices of the specs in the order of work: each model once, within it each batch key once.

    Models come in the order of their first appearance, so do the keys of one model, and pictures with the same key
    keep their order.
    """
    models: dict[ModelRef, int] = {}
    keys: dict[tuple[object, ...], int] = {}
    for spec in specs:
        models.setdefault(spec.model, len(models))
        keys.setdefault(batch_key(spec), len(keys))
    return tuple(
        sorted(range(len(specs)), key=lambda i: (models[specs[i].model], keys[batch_key(specs[i])]))
    )
