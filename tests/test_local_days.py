"""Days where somebody lives."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from sdgui.local_days import EPOCH, begin_of, day_of, end_of, offsets, zone_named

ZONES = (
    *("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"),
    *("America/Sao_Paulo", "Africa/Casablanca", "Pacific/Auckland", "UTC"),
)


@pytest.mark.parametrize("name", ["", "no/where", "../../etc/passwd", "/etc/localtime", "\0"])
def test_what_is_no_zone_is_utc(name: str) -> None:
    assert zone_named(name) is UTC


@pytest.mark.parametrize("name", ZONES)
def test_the_offsets_tell_the_day_of_every_moment(name: str) -> None:
    zone = ZoneInfo(name)
    since = datetime(2015, 1, 1, tzinfo=UTC).timestamp()
    pieces = offsets(zone, since, since + 4 * 366 * 86_400)
    for moment in range(int(since), int(since) + 4 * 366 * 86_400, 6_637):
        ahead = [seconds for when, seconds in pieces if when <= moment][-1]
        assert EPOCH + timedelta(days=(moment + ahead) // 86_400) == day_of(moment, zone)


@pytest.mark.parametrize("name", ZONES)
def test_days_join_without_gap(name: str) -> None:
    zone = ZoneInfo(name)
    days = [date(2018, 1, 1) + timedelta(days=i) for i in range(370)]
    for one, other in pairwise(days):
        assert end_of(one, zone) == begin_of(other, zone)
        assert day_of(begin_of(other, zone), zone) == other
        assert day_of(begin_of(other, zone) - 1, zone) == one


def test_the_last_day_ends_never() -> None:
    assert end_of(date.max, UTC) == float("inf")
