"""Composite previews as an engine makes them: the pictures of each job side by side in one JPEG."""

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from sdgui.events import Pixels, Preview, Task


def strips_of(
    tasks: Sequence[Task], pictures: Mapping[str, Pixels], step: int, steps: int
) -> list[Preview]:
    """One preview for each job of the tasks, with two pictures in a row; `pictures` are equally large, by task."""
    jobs: dict[str, list[str]] = {}
    for task in tasks:
        if task.id in pictures:
            jobs.setdefault(task.job, []).append(task.id)
    return [_strip(tuple(ids), pictures, step, steps) for ids in jobs.values()]


def _strip(ids: tuple[str, ...], pictures: Mapping[str, Pixels], step: int, steps: int) -> Preview:
    height, width = pictures[ids[0]].shape[:2]
    columns = min(2, len(ids))
    whole = np.zeros((-(-len(ids) // columns) * height, columns * width, 3), np.uint8)
    for i, one in enumerate(ids):
        y, x = i // columns * height, i % columns * width
        whole[y : y + height, x : x + width] = pictures[one]
    file = io.BytesIO()
    Image.fromarray(whole).save(file, "JPEG", quality=80)
    return Preview(
        tasks=ids,
        step=step,
        steps=steps,
        columns=columns,
        width=width,
        height=height,
        jpeg=file.getvalue(),
    )


def pictures_in(preview: Preview) -> dict[str, Pixels]:
    """The pictures of a composite, by task."""
    with Image.open(io.BytesIO(preview.jpeg)) as image:
        whole = np.asarray(image.convert("RGB"))
    found = {}
    for i, task in enumerate(preview.tasks):
        y, x = i // preview.columns * preview.height, i % preview.columns * preview.width
        found[task] = whole[y : y + preview.height, x : x + preview.width]
    return found
