"""Lists of pictures between asking for a ZIP and fetching it: for one visitor, for a while, and never many."""

import pytest

from sdgui.web.history.zips import SECONDS, Zips

pytestmark = pytest.mark.quick


def pictures_of(zips: Zips, token: str, visitor: str) -> tuple[str, ...] | None:
    found = zips.find(token, visitor)
    return None if found is None else found.pictures


def test_a_list_is_there_for_its_visitor_until_its_time_is_over() -> None:
    now = 0.0
    zips = Zips(clock=lambda: now)
    token = zips.keep("anna", ["a", "b"])
    for _ in range(2):
        assert pictures_of(zips, token, "anna") == ("a", "b")
    assert zips.find(token, "boris") is None
    now = SECONDS
    assert zips.find(token, "anna") is None


def test_who_asks_again_and_again_takes_no_more_room_and_nobody_elses() -> None:
    zips = Zips()
    first = zips.keep("boris", ["b"])
    tokens = [zips.keep("anna", [str(i)]) for i in range(50)]
    last = [pictures_of(zips, one, "anna") for one in tokens[-4:]]
    assert last == [("46",), ("47",), ("48",), ("49",)]
    assert [zips.find(one, "anna") for one in tokens[:-4]] == [None] * 46
    assert pictures_of(zips, first, "boris") == ("b",)
    others = [zips.keep(f"visitor {i}", ["c"]) for i in range(100)]
    assert sum(zips.find(one, f"visitor {i}") is not None for i, one in enumerate(others)) == 32
