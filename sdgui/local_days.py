"""Days as they begin and end where somebody lives."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

EPOCH = date(1970, 1, 1)
_STEP = 7 * 86_400
"""Seconds between two looks at a zone: no change lasts less."""


def zone_named(name: str) -> tzinfo:
    """The zone with this name of IANA's; UTC for any other text, none of which becomes a path."""
    return ZoneInfo(name) if name in _names() else UTC


def day_of(moment: float, zone: tzinfo) -> date:
    """The day of a moment in seconds since the epoch."""
    return datetime.fromtimestamp(moment, zone).date()


def begin_of(day: date, zone: tzinfo) -> float:
    """When a day begins, in seconds since the epoch."""
    return datetime.combine(day, time(), zone).timestamp()


def end_of(day: date, zone: tzinfo) -> float:
    """When the next one begins; never for the last day that there is."""
    return begin_of(day + timedelta(days=1), zone) if day < date.max else float("inf")


def offsets(zone: tzinfo, since: float, until: float) -> tuple[tuple[float, float], ...]:
    """From when on a zone is how many seconds ahead of UTC, in order; the first from `since` on or before."""
    looks = [since + _STEP * i for i in range(int((until - since) // _STEP) + 1)] + [until]
    found = [(since, _offset(zone, since))]
    for one, other in pairwise(looks):
        ahead = _offset(zone, other)
        if ahead != found[-1][1]:
            found.append((_change(zone, one, other), ahead))
    return tuple(found)


def _change(zone: tzinfo, one: float, other: float) -> float:
    """The second from which on the zone is what it is at the other moment, and no more what it is at the one."""
    before, low, high = _offset(zone, one), int(one), int(other) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return float(high)


def _offset(zone: tzinfo, moment: float) -> float:
    ahead = datetime.fromtimestamp(moment, zone).utcoffset()
    return 0.0 if ahead is None else ahead.total_seconds()


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())
