"""Links to pictures: kept over a restart, told only to who made them, and known for long after they ended."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sdgui.choosing import Chooser
from sdgui.links import Link, LinkKind
from sdgui.records import Mark
from sdgui.storage import DiskStore
from sdgui.storage.layout import COPY, DATABASE
from sdgui.storage.rebuilding import rebuild
from sdgui.storage.small_copy import SmallCopy
from tests.storage.samples import ANNA, BORIS, new_id

NOW = time.time()


def link(name: str, **changes: object) -> Link:
    fields: dict[str, object] = {
        "id": name,
        "visitor": ANNA,
        "kind": LinkKind.PAIR,
        "pictures": (new_id(), new_id()),
        "shows_prompt": True,
        "shows_settings": False,
        "by": "Änn <b>",
        "created": NOW,
    }
    return Link(**{**fields, **changes})  # type: ignore[arg-type]


def test_links_outlive_a_restart_and_are_their_makers_alone(
    open_store: Callable[[], DiskStore],
) -> None:
    store = open_store()
    first, second = link("first"), link("second", created=NOW + 1, expires=NOW + 3600)
    for one in (first, second, link("foreign", visitor=BORIS)):
        store.add_link(one)
    store = open_store()
    assert store.links(ANNA) == (second, first)
    assert store.link("first") == first and store.link("third") is None


def test_what_ended_is_still_known_but_no_longer_listed(store: DiskStore) -> None:
    over = link("over", expires=NOW - 1)
    for one in (over, link("mine"), link("foreign", visitor=BORIS)):
        store.add_link(one)
    assert not store.withdraw_link("foreign", ANNA) and not store.withdraw_link("none", ANNA)
    assert store.withdraw_link("mine", ANNA)
    ended = store.link("mine")
    assert ended is not None and ended.withdrawn is not None and not ended.is_open(NOW)
    assert store.withdraw_link("mine", ANNA) and store.link("mine") == ended
    assert store.links(ANNA) == () and store.link("over") == over and not over.is_open(NOW)
    assert store.link("foreign").is_open(NOW)  # type: ignore[union-attr]


def test_of_the_links_that_ended_the_latest_alone_are_kept(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdgui.storage.link_rows.MOST_ENDED", 2)
    store.add_link(link("foreign", visitor=BORIS))
    store.add_link(link("open"))
    store.add_link(link("expired", expires=NOW - 60))
    store.add_chooser(Chooser(id="a", link="expired", place=1, created=NOW - 90))
    for name in ("first", "second"):
        store.add_link(link(name, created=time.time()))
        assert store.withdraw_link(name, ANNA)
    assert store.link("expired") is not None
    store.add_link(link("last", created=time.time()))
    assert store.link("expired") is None and store.choosers("expired") == ()
    assert None not in map(store.link, ("foreign", "open", "first", "second", "last"))


def test_who_chooses_by_a_link_outlives_a_restart_and_a_rebuilding(
    open_store: Callable[[], DiskStore], folder: Path
) -> None:
    store = open_store()
    store.add_link(link("wall", kind=LinkKind.CHOICE))
    ann = Chooser(id="a", link="wall", place=2, created=NOW, marks={"one": Mark.KEPT})
    ben = Chooser(id="b", link="wall", place=1, name="Bën <b>", created=NOW)
    for one in (ann, ben, Chooser(id="c", link="other", place=1, created=NOW)):
        store.add_chooser(one)
    ann = replace(ann, name="Ann", marks={"two": Mark.REJECTED})
    store.change_chooser(ann)
    assert open_store().choosers("wall") == (ben, ann)
    store = open_store()
    store.remove_chooser("wall", 1)
    assert store.choosers("wall") == (ann,) and len(store.choosers("other")) == 1
    store.close()
    (folder / DATABASE).unlink()
    rebuild(folder, lambda line: None)
    again = open_store()
    assert again.choosers("wall") == (ann,) and again.link("wall") is not None


def test_a_copy_of_a_former_version_knows_of_nobody_who_chooses(
    store: DiskStore, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.add_link(link("wall"))
    store.close()
    with sqlite3.connect(folder / COPY) as copy:
        copy.execute("DROP TABLE choosers")
    copy.close()
    with closing(SmallCopy(folder / COPY)) as known:
        assert len(known.links()) == 1 and known.choosers() == []
    assert caplog.records == []
