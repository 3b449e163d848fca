"""What a picture's file says of its dream, so that the list can be made again from the files alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdgui.records import JobRecord
from sdgui.sheet import Sheet, SheetKind
from sdgui.storage import DiskStore
from sdgui.storage.pictures import provenance_in, read_provenance
from sdgui.storage.place import Place, open_owner, place_of, seal_owner, sheet_of
from sdgui.storage.secret import SECRET
from tests.storage.samples import ANNA, GRID, NOON, job, pixels, spec

KEY, OTHER = b"x" * 32, b"y" * 32
FIRST, SECOND = "a" * 32, "b" * 32


def places(dream: JobRecord) -> list[Place]:
    return [place_of(dream, i, created=NOON, secret=KEY) for i in range(len(dream.tasks))]


def test_a_file_tells_its_dream_its_place_and_whose_it_is(
    store: DiskStore, save: Callable[[JobRecord], JobRecord], folder: Path
) -> None:
    dream = save(job(4, sheet=GRID))
    secret = (folder / SECRET).read_bytes()
    for i, task in enumerate(dream.tasks):
        file, record = store.picture_file(task.id, ANNA), store.picture(task.id, ANNA)
        assert file is not None and record is not None
        said = read_provenance(file)
        assert said is not None and said.place is not None
        assert (said.place.picture, said.place.job) == (task.id, dream.id)
        assert (said.place.index, said.place.count) == (i, 4)
        assert (said.place.asked, said.place.created) == (NOON, record.created)
        assert open_owner(secret, task.id, said.place.owner) == ANNA
        assert ANNA not in file.read_bytes().decode("latin-1")


def test_the_place_is_told_after_a_restart_too(open_store: Callable[[], DiskStore]) -> None:
    dream = job(2)
    open_store().add_job(dream)
    store = open_store()
    store.save_picture(dream.tasks[1].id, pixels(dream.tasks[1]), {})
    file = store.picture_file(dream.tasks[1].id, ANNA)
    assert file is not None
    said = read_provenance(file)
    assert said is not None and said.place is not None
    assert (said.place.job, said.place.index) == (dream.id, 1)


@pytest.mark.parametrize("visitor", [ANNA, "ab" * 32, "", "Zoë"])
def test_whose_a_picture_is_can_be_read_with_the_secret_alone(visitor: str) -> None:
    owner = seal_owner(KEY, FIRST, visitor)
    assert open_owner(KEY, FIRST, owner) == visitor
    assert open_owner(OTHER, FIRST, owner) is None
    assert open_owner(KEY, SECOND, owner) is None


@pytest.mark.parametrize("owner", ["", "x", "é", "=", "AAAAAAAAAAAA", "A" * 100])
def test_an_owner_that_was_not_sealed_here_is_none(owner: str) -> None:
    assert open_owner(KEY, FIRST, owner) is None


def test_two_pictures_of_one_person_have_nothing_in_common() -> None:
    one, other = seal_owner(KEY, FIRST, "ab" * 32), seal_owner(KEY, SECOND, "ab" * 32)
    same = sum(a == b for a, b in zip(one, other, strict=True))
    assert same < len(one) / 4  # of 64 letters, by chance


def test_the_cells_of_a_grid_make_it_again() -> None:
    found = places(job(4, sheet=GRID))
    cells = {place.index: place.cell for place in found if place.cell is not None}
    assert sheet_of(cells, 4) == GRID


def test_a_cell_tells_nothing_of_the_others() -> None:
    told = json.dumps(places(job(4, sheet=GRID))[0].to_dict(), ensure_ascii=False)
    assert "10" in told and "fox" in told
    assert "🦖" not in told and "ab" * 16 not in told


def test_of_a_column_that_is_gone_the_label_is_empty() -> None:
    found = places(job(4, sheet=GRID))
    cells = {place.index: place.cell for place in found[::2] if place.cell is not None}
    sheet = sheet_of(cells, 4)
    assert sheet is not None and sheet.x is not None and sheet.x.labels == ("10", "")


@pytest.mark.parametrize("sheet", [None, Sheet(kind=SheetKind.WALL)])
def test_a_dream_and_a_wall_are_told_too(sheet: Sheet | None) -> None:
    for place in places(job(3, sheet=sheet)):
        assert Place.from_dict(json.loads(json.dumps(place.to_dict()))) == place
        cells = {} if place.cell is None else {place.index: place.cell}
        assert sheet_of(cells, 3) == sheet


@pytest.mark.parametrize(
    "change",
    [
        {"picture": "../../etc/passwd"},
        {"job": None},
        {"index": 3},
        {"index": -1},
        {"count": 10**9},
        {"count": True},
        {"asked": "noon"},
        {"created": float("inf")},
        {"owner": "\ud800"},
        {"sheet": {"kind": "wall", "source": "../x"}},
        {"sheet": {"kind": "heap"}},
        {"sheet": {"kind": "grid", "x": ["Steps", "10", 0]}},
    ],
)
def test_a_place_that_nobody_here_wrote_is_none_and_the_picture_is_read(
    change: dict[str, Any],
) -> None:
    place = {**places(job(3))[0].to_dict(), **change}
    text = json.dumps({"spec": spec().to_dict(), "notes": {}, "place": place})
    said = provenance_in(text)
    assert said is not None and (said.spec, said.place) == (spec(), None)
