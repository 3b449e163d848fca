"""A folder with as many pictures as come together in years: whether it starts, shows and keeps as a new one does."""

import json
import math
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from sdgui.local_days import zone_named
from sdgui.model_info import ModelRef
from sdgui.picture_query import Order, PictureQuery
from sdgui.records import MATCH, JobEnd, JobRecord, JobState, Mark, TaskRecord
from sdgui.sheet import Axis, Sheet, SheetKind
from sdgui.spec import PictureSpec
from sdgui.storage.database import Database, Found
from sdgui.storage.disk_store import DiskStore
from sdgui.storage.layout import DATABASE, THUMBNAILS, picture_path, thumbnail_path
from sdgui.storage.thumbnails import encode_thumbnail
from sdgui.storage.whole_file import write_whole
from sdgui.web.doors.visitors import visitor_id
from sdgui.web.dream.routes import PAGE_PICTURES
from sdgui.web.shared.dreams.descriptions import describe_job

TOKEN = secrets.token_urlsafe(32)
VISITOR = visitor_id(TOKEN)
GRID = 400
"""Pictures of a grid; one comes after ten dreams of four pictures, and after those one that was stopped at once."""
SIDE = 20
_WORDS = "red green boat sea forest city night rain fox castle 船 über 🦖 paper stone light"
_OF_ALL = "oil canvas very detailed"
_BEGUN = 1_600_000_000.0
_PAUSE = 32_000
"""Seconds between two dreams: a hundred thousand pictures come together in three years."""
_FACES = 64
"""Thumbnails that differ; a file can have only so many names on most disks, and all look different side by side."""

LIMITS = {
    "start, over an empty folder": 1.0,
    "first page of the history": 0.1,
    "a page of pictures": 0.1,
    "a page of those with a word": 0.1,
    "a page of those with a rare word": 0.1,
    "a page by match to the prompt": 0.1,
    "keep a picture": 0.02,
    "History: all sections": 0.1,
    "History: the sections of a word": 0.1,
    "History: the sections of words that all have": 0.1,
    "History: pictures from anywhere on": 0.1,
    "History: those with a word, from anywhere on": 0.1,
    "History: those with words that all have, by match": 0.1,
    "History: by rating, from anywhere on": 0.1,
    "History: what to choose by": 0.2,
}
"""Seconds that each may take, by the median; those of History in 19 of 20 rounds, when what they find has changed."""


@dataclass(frozen=True, kw_only=True)
class Took:
    """Seconds that something took in each round."""

    what: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return statistics.median(self.seconds)

    @property
    def most(self) -> float:
        """What 19 of 20 rounds took at most."""
        return sorted(self.seconds)[math.ceil(0.95 * len(self.seconds)) - 1]

    @property
    def is_slow(self) -> bool:
        """Whether it took longer than it may."""
        counted = self.most if self.what.startswith("History") else self.median
        return counted > LIMITS[self.what]


def measure(large: Path, rounds: int) -> list[Took]:
    """Measures what `LIMITS` names over a folder that `fill` filled, in its order."""
    with tempfile.TemporaryDirectory(prefix="sdgui-bench-") as empty:
        DiskStore(Path(empty)).close()
        starts = tuple(_opened(large) - _opened(Path(empty)) for _ in range(rounds))
    store = DiskStore(large)
    try:
        took = [_timed(what, act, rounds) for what, act in _acts(store).items()]
    finally:
        store.close()
    return [Took(what=next(iter(LIMITS)), seconds=starts), *took]


def fill(folder: Path, pictures: int, say: Callable[[str], None]) -> None:
    """Lists so many pictures in a folder, without their files, and a tenth as many that were stopped."""
    DiskStore(folder).close()
    database = Database(folder / DATABASE)
    try:
        made = number = 0
        while made < pictures:
            turn = number % 12
            count = min(GRID if turn == 10 else 4, pictures - made)
            job = _job(number, 40 if turn == 11 else count, is_grid=turn == 10 and count == GRID)
            paths = [picture_path(job.created, task.spec.seed, task.id) for task in job.tasks]
            database.add_job(job, tuple(paths))
            if turn == 11:
                database.end_jobs((JobEnd(job=job.id, state=JobState.CANCELLED),))
            else:
                rows = (database.task(task.id) for task in job.tasks)
                found = [
                    Found(
                        task=row,
                        created=job.created + i,
                        notes={MATCH: f"{(made + i) % 997 / 1994:.4f}", "device": "bench"},
                        size=400_000,
                    )
                    for i, row in enumerate(rows)
                    if row is not None
                ]
                database.end_jobs((JobEnd(job=job.id, state=JobState.FINISHED),), found)
                made += count
            number += 1
            if number % 500 == 0:
                say(f"{made:,} of {pictures:,} pictures are listed")
    finally:
        database.close()


def give_faces(folder: Path) -> None:
    """Gives each picture of the folder a thumbnail as it would have, one of a few under many names."""
    drawn = np.random.default_rng(0)
    faces = []
    for number in range(_FACES):
        rough = Image.fromarray(drawn.integers(0, 256, (12, 12, 3), dtype=np.uint8))
        smooth = np.asarray(rough.resize((512, 512), Image.Resampling.BICUBIC), dtype=np.int16)
        grained = smooth + drawn.integers(-12, 12, smooth.shape)
        faces.append(folder / THUMBNAILS / f"{number}.jpg")
        write_whole(faces[-1], encode_thumbnail(np.clip(grained, 0, 255).astype(np.uint8)))
    database = Database(folder / DATABASE)
    try:
        ids = database.ids(VISITOR, PictureQuery(), limit=-1)
        rows = (row for row in map(database.task, ids) if row is not None)
        for number, row in enumerate(rows):
            place = folder / thumbnail_path(row.path, row.id)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(faces[number % _FACES], place)
    finally:
        database.close()


def _job(number: int, count: int, *, is_grid: bool) -> JobRecord:
    axis = Axis(title="Steps", labels=tuple(str(i + 1) for i in range(SIDE)))
    rows = Axis(title="Seed", labels=tuple(str(i) for i in range(SIDE)))
    known = _WORDS.split()
    words = [known[(number * step + step) % len(known)] for step in (1, 3, 5, 7)]
    prompt = f"a {' '.join(words)}, picture {number}, oil on canvas, very detailed, evening light"
    return JobRecord(
        id=f"{number:032x}",
        visitor=VISITOR,
        created=_BEGUN + _PAUSE * number,
        state=JobState.QUEUED,
        tasks=tuple(
            TaskRecord(
                id=secrets.token_hex(16),
                spec=PictureSpec(
                    prompt=prompt,
                    negative_prompt="blurry, dark",
                    model=ModelRef(id="demo", hash="0" * 64),
                    width=512,
                    height=512,
                    steps=i % SIDE + 1 if is_grid else 25,
                    guidance=7.0,
                    sampler="Euler",
                    seed=i // SIDE if is_grid else i,
                ),
            )
            for i in range(count)
        ),
        sheet=Sheet(kind=SheetKind.GRID, x=axis, y=rows) if is_grid else None,
    )


def _acts(store: DiskStore) -> dict[str, Callable[[], object]]:
    def history() -> object:
        jobs = store.jobs(VISITOR, pictures=PAGE_PICTURES)
        return json.dumps([describe_job(job, False) for job in jobs])

    def page(query: PictureQuery) -> Callable[[], object]:
        return lambda: store.pictures(VISITOR, query)

    newest = [record.id for record in store.pictures(VISITOR, PictureQuery())]
    marks = [Mark.KEPT, Mark.NONE]

    def keep() -> object:
        marks.reverse()
        return store.mark_picture(newest[0], VISITOR, marks[0])

    pages = (
        page(PictureQuery()),
        page(PictureQuery(text="boat")),
        page(PictureQuery(text='"picture 7," oil')),
        page(PictureQuery(order=Order.MATCH)),
    )
    zone = zone_named("Europe/Berlin")

    def changed(act: Callable[[], object]) -> Callable[[], object]:
        """As the first who asks after a change finds it, without what was found before."""

        def ask() -> object:
            store._database._remembered.clear()
            return act()

        return ask

    def stretch(query: PictureQuery) -> Callable[[], object]:
        many = sum(store.count_days(VISITOR, query, zone).values())
        return lambda: store.part_of_pictures(
            VISITOR, query, offset=secrets.randbelow(max(1, many)), limit=100
        )

    found = (
        changed(lambda: store.count_days(VISITOR, PictureQuery(), zone)),
        changed(lambda: store.count_days(VISITOR, PictureQuery(text="boat"), zone)),
        changed(lambda: store.count_days(VISITOR, PictureQuery(text=_OF_ALL), zone)),
        stretch(PictureQuery()),
        stretch(PictureQuery(text="boat")),
        stretch(PictureQuery(text=_OF_ALL, order=Order.MATCH)),
        stretch(PictureQuery(order=Order.RATING)),
        changed(lambda: store.facets(VISITOR)),
    )
    return dict(zip(list(LIMITS)[1:], (history, *pages, keep, *found), strict=True))


def _opened(folder: Path) -> float:
    """Seconds until a folder is open."""
    begun = time.perf_counter()
    store = DiskStore(folder)
    took = time.perf_counter() - begun
    store.close()
    return took


def _timed(what: str, act: Callable[[], object], rounds: int) -> Took:
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - begun)
    return Took(what=what, seconds=tuple(seconds))
