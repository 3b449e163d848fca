"""Which pictures are made together, how many at once, and in which order."""

from collections.abc import Sequence

from sdgui.model_info import ModelRef
from sdgui.spec import PictureSpec

BATCH_PIXELS = {"cpu": 16 * 128 * 128, "cuda": 16 * 512 * 512}
"""How many pixels one batch may hold on a device; an engine that runs out of memory splits it further."""


def batch_key(spec: PictureSpec) -> tuple[object, ...]:
    """Pictures with equal keys can be made in one batch: of equal work, with equal adapters and inputs of one kind."""
    return (
        *(spec.model, spec.width, spec.height, spec.steps, spec.guidance),
        *(spec.sampler, spec.schedule, spec.emphasis),
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
