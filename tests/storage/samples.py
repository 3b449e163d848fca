"""Jobs and pixels for the storage tests; the same id always gives the same pixels, in any process."""

import secrets
from collections.abc import Mapping

import numpy as np

from sdgui.events import Pixels
from sdgui.model_info import ModelRef
from sdgui.ports import Store
from sdgui.records import JobEnd, JobRecord, JobState, TaskRecord
from sdgui.sheet import Axis, Sheet, SheetKind
from sdgui.spec import PictureSpec

ANNA, BORIS = "visitor-anna", "visitor-boris"
NOON = 1_700_000_000.0
GRID = Sheet(
    kind=SheetKind.GRID,
    x=Axis(title="Steps", labels=("10", "20")),
    y=Axis(title="Prompt S/R", labels=('a "fox"', "🦖 <b>")),
    sources=("", "ab" * 16, "", ""),
)


def new_id() -> str:
    return secrets.token_hex(16)


def spec(seed: int = 7, **changes: object) -> PictureSpec:
    fields: dict[str, object] = {
        "prompt": "a grey sketch of a car",
        "negative_prompt": "",
        "model": ModelRef(id="demo", hash="0123456789abcdef" * 4),
        "width": 64,
        "height": 48,
        "steps": 20,
        "guidance": 7.0,
        "sampler": "Euler a",
        "seed": seed,
    }
    return PictureSpec(**{**fields, **changes})  # type: ignore[arg-type]


def job(
    count: int = 1,
    *,
    visitor: str = ANNA,
    created: float = NOON,
    sheet: Sheet | None = None,
    **changes: object,
) -> JobRecord:
    return JobRecord(
        id=new_id(),
        visitor=visitor,
        created=created,
        state=JobState.QUEUED,
        tasks=tuple(TaskRecord(id=new_id(), spec=spec(seed, **changes)) for seed in range(count)),
        sheet=sheet,
    )


def end(
    store: Store,
    job: str,
    state: JobState,
    message: str = "",
    hint: str = "",
    faults: Mapping[str, str] | None = None,
) -> None:
    """Stores how one job ended."""
    known = {} if faults is None else faults
    store.end_jobs((JobEnd(job=job, state=state, message=message, hint=hint, faults=known),))


def delete_for_good(store: Store, picture: str, visitor: str) -> bool:
    """Deletes a picture and empties the bin; False when there is none."""
    done = store.bin(visitor, pictures=[picture]) is not None
    return done and store.empty_bin(visitor).pictures == 1


def delete_dream(store: Store, job: str, visitor: str) -> bool:
    """Deletes a whole dream and empties the bin; False when there is none."""
    done = store.bin(visitor, jobs=[job]) is not None
    if done:
        store.empty_bin(visitor)
    return done


def pixels(task: TaskRecord) -> Pixels:
    random = np.random.default_rng(int(task.id, 16))
    shape = (task.spec.height, task.spec.width, 3)
    return random.integers(0, 256, shape, dtype=np.uint8)
