"""Links to pictures: kept over a restart, told only to who made them, and never forgotten once they ended."""

import time
from collections.abc import Callable

from sdgui.links import Link, LinkKind
from sdgui.storage import DiskStore
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
