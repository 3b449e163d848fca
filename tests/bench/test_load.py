"""The bench of many people: its arithmetic, and its people at a real server with a fake engine."""

import argparse
import asyncio
import dataclasses
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import pytest

from sdgui.bench import flood, load
from sdgui.bench.__main__ import _crowds, _load
from sdgui.bench.load import Asked, Costs, Crowd, Town, jain, percentile
from sdgui.bench.person import Dreamt, Person
from sdgui.errors import UserError
from tests.web.conftest import Site, open_site

PEOPLE = tuple((name, "open sesame") for name in ("ann", "bob", "eve", "mal"))


def test_jain_is_one_where_all_have_the_same_and_a_share_of_it_where_one_has_all() -> None:
    assert jain([3, 3, 3]) == 1.0
    assert jain([5, 0, 0, 0]) == 0.25
    assert jain([1, 2, 3]) == pytest.approx(36 / 42)
    assert jain([0, 0]) == 1.0


def test_a_percentile_is_one_of_the_values() -> None:
    hundred = [float(i) for i in range(100, 0, -1)]
    assert [percentile(hundred, share) for share in (0.5, 0.95, 1.0)] == [50, 95, 100]
    assert percentile([7.0], 0.95) == percentile([7.0], 0.5) == 7
    assert str(percentile([], 0.5)) == "nan"


def costs(server: float, memory: int) -> Costs:
    return Costs(server=server, workers=2 * server, server_memory=memory, workers_memory=memory * 2)


def crowd_of(*counts: int) -> Crowd:
    """People who had so many pictures in two minutes, each after four seconds and seen after one."""
    dream = Dreamt(begun=10.0, preview=11.0, picture=14.0)
    return Crowd(
        seconds=120.0,
        dreams=tuple((dream,) * count for count in counts),
        taken=600_000,
        streamed=60_000,
        before=costs(1.0, 100 * 2**20),
        after=costs(7.0, 103 * 2**20),
    )


def test_what_a_crowd_had_and_cost_is_told_of_each_person_and_minute() -> None:
    crowd = crowd_of(6, 4)
    assert (crowd.people, crowd.pictures, crowd.a_minute) == (2, 10, 5.0)
    assert set(crowd.waits) == {4.0} and set(crowd.first_seen) == {1.0}
    assert crowd.fairness == pytest.approx(100 / 104) and crowd.fairness_of_waits == 1.0
    assert crowd.grown == 9 * 2**20
    assert crowd.per_person(6.0) == 1.5


def test_what_came_before_it_was_seen_forming_counts_as_a_picture_alone() -> None:
    crowd = dataclasses.replace(
        crowd_of(1), dreams=((Dreamt(begun=1.0, preview=None, picture=2.0),),)
    )
    assert crowd.first_seen == [] and crowd.waits == [1.0]


def test_a_crowd_that_was_not_served_alike_misses_the_target(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _crowds([crowd_of(5, 5), crowd_of(9, 1)]) == ["Jain of 2"]
    row = "| 2 | 5.0 | 1.00 (1.00) | 4.00 (4.00) | 1.000 (1.000) | 100 → 103 | 200 → 206 | 1.500 | 150.0 (15.0) |"
    assert row in capsys.readouterr().out


def test_a_long_run_settles_for_five_minutes_at_most() -> None:
    assert [load.settling(60 * minutes) for minutes in (1, 50, 600)] == [6, 300, 300]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("load"), people=PEOPLE) as site:
        terms = {"dreams_a_minute": None, "steps": None, "pixels": None}
        site.app.state.gate.book.decide(**terms)
        yield site


def person(site: Site, name: str) -> Person:
    return Person(int(site.url.rpartition(":")[2]), name, "open sesame")


ASKED = Asked(steps=3, size=64)


@pytest.mark.parametrize("bytes_a_second", [None, 1])
def test_a_person_has_their_picture_however_slowly_they_read(
    site: Site, bytes_a_second: int | None
) -> None:
    ann = person(site, "ann")
    ann.bytes_a_second = bytes_a_second
    dreamt = asyncio.run(ann.dream(ASKED.values(1)))
    assert ann.dreams == [dreamt]
    assert dreamt.picture > dreamt.begun
    assert ann.taken > ann.streamed > 0


def test_a_dream_that_fails_or_is_refused_is_not_counted_but_told(site: Site) -> None:
    ann = person(site, "ann")
    site.engine.breaks.append(UserError("The device is lost."))
    with pytest.raises(RuntimeError, match="The device is lost"):
        asyncio.run(ann.dream(ASKED.values(1)))
    with pytest.raises(RuntimeError, match="was refused"):
        asyncio.run(ann.dream({**ASKED.values(1), "seed": "none"}))
    assert ann.dreams == []


def test_a_flood_holds_streams_and_sends_slowly_until_it_is_left(site: Site) -> None:
    said: list[str] = []

    async def hold() -> None:
        async with flood.flood([person(site, "mal")], said.append):
            assert len(asyncio.all_tasks()) > flood.SENDERS

    asyncio.run(hold())
    assert said == [f"{flood.STREAMS} of {flood.STREAMS} idle streams stand open, 2 send slowly"]


def test_every_row_is_printed(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app: Any = SimpleNamespace(processes=lambda: (os.getpid(), os.getppid()))

    @contextmanager
    def town(asked: Asked, most: int, *flags: str) -> Iterator[Town]:
        people = [person(site, name) for name in ("ann", "bob", "eve")]
        yield Town(app=app, people=people, others=[person(site, "mal")], asked=asked)

    monkeypatch.setattr(load, "town", town)
    monkeypatch.setattr("sdgui.bench.__main__._placed", lambda given: "a fake")
    monkeypatch.setattr(load, "TOGETHER", 2)
    monkeypatch.setattr(load, "BESIDE", 2)
    given = argparse.Namespace(
        **{"model": "demo", "device": "cpu", "dtype": "float32", "steps": 3, "size": 64},
        **{"rounds": 1, "load_people": (1, 3), "load_seconds": 0.6, "load_minutes": 0.0},
    )
    with suppress(SystemExit):  # whether anything is quick enough is not for a test
        _load(given)
    said = capsys.readouterr().out
    assert re.findall(r"^\| (\d+) \| \d+\.\d \|", said, re.MULTILINE) == ["1", "3"]
    for row in ("2 people, one picture each", "the same dreams", "one more who", "200 idle"):
        assert f"\n| {row}" in said
    given.load_minutes = 0.005
    with suppress(SystemExit):
        _load(given)
    assert "Server and workers grew by" in capsys.readouterr().out
