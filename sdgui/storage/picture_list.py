"""The queries for pages of stored pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sdgui.picture_query import Order, PictureQuery
from sdgui.storage.prompt_search import asked_by, seed_in

_UNKNOWN = -2.0
"""Stands for a match that is not known: below all that are."""
_KEYS = {
    Order.NEWEST: ("created", "tasks_by_date"),
    Order.OLDEST: ("created", "tasks_by_date"),
    Order.MATCH: (f"ifnull(match, {_UNKNOWN})", "tasks_by_match"),
    Order.RATING: ("rating", "tasks_by_rating"),
}
"""What pictures are sorted by, and its index: SQLite would rather sort all that fit than walk along it."""
_IN_PROMPTS = "number IN (SELECT rowid FROM prompts WHERE prompts MATCH :search)"
_NOT_IN_PROMPTS = "number NOT IN (SELECT rowid FROM prompts WHERE prompts MATCH :unwanted)"
_SIGN = "CASE WHEN json_valid(spec) THEN instr(json_extract(spec, '$.prompt'), {}) ELSE 0 END"
"""Whether a prompt has a sign: of those that all else finds each is looked at."""
_IN_PROMPTS_OR_SEEDS = """number IN (SELECT rowid FROM prompts WHERE prompts MATCH :search
    UNION ALL SELECT number FROM tasks INDEXED BY tasks_by_seed WHERE visitor = :visitor AND seed = :seed)"""
_EQUAL = ("model", "sampler", "width", "height", "mark")

KEPT = """SELECT * FROM tasks INDEXED BY tasks_kept
    WHERE visitor = :visitor AND mark = 'kept' AND stored AND NOT deleted
    ORDER BY marked DESC, number DESC LIMIT :limit"""
"""The pictures kept last, the last one first."""


def place_of(query: PictureQuery) -> str:
    """The query for where a page begins: the sorting `key` and the `number` of the picture with `:before` as id."""
    key, _ = _KEYS[query.order]
    return f"SELECT {key} AS key, number FROM tasks WHERE id = :before AND visitor = :visitor"


def page_of(query: PictureQuery, *, before: bool) -> tuple[str, Mapping[str, Any]] | None:
    """The query for a page of pictures, and its values but for `visitor`, `limit`, `key` and `number`; the latter two
    only with `before`. None when nothing can be found."""
    wanted, values = _wanted_by(query)
    if wanted is None:
        return None
    key, way = _KEYS[query.order][0], "ASC" if query.order is Order.OLDEST else "DESC"
    if before:
        # the first alone is said again: SQLite finds the place of a pair in an index of columns, not of expressions
        wanted.append(f"{key} {'>=' if way == 'ASC' else '<='} :key")
        wanted.append(f"({key}, number) {'>' if way == 'ASC' else '<'} (:key, :number)")
    return (
        f"""SELECT * FROM {_source(query)} WHERE {" AND ".join(wanted)}
        ORDER BY {key} {way}, number {way} LIMIT :limit""",
        values,
    )


def part_of(query: PictureQuery) -> tuple[str, Mapping[str, Any]] | None:
    """The query for `:limit` pictures from the place `:offset` on, and its values but for those and `visitor`. None
    when nothing can be found."""
    wanted, values = _wanted_by(query)
    if wanted is None:
        return None
    key, way = _KEYS[query.order][0], "ASC" if query.order is Order.OLDEST else "DESC"
    # what is passed over is counted in the index alone
    return (
        f"""SELECT tasks.* FROM (
            SELECT number AS place FROM {_source(query)} WHERE {" AND ".join(wanted)}
            ORDER BY {key} {way}, number {way} LIMIT :limit OFFSET :offset
        ) CROSS JOIN tasks ON tasks.number = place""",
        values,
    )


def count_of(
    query: PictureQuery, ahead: Sequence[tuple[float, float]]
) -> tuple[str, Mapping[str, Any]] | None:
    """The query that counts by day since the epoch, as (day, count), and its values but for `visitor`; `ahead` tells
    from when on how many seconds the days are ahead of UTC, in order. None when nothing can be found."""
    wanted, values = _wanted_by(query)
    if wanted is None:
        return None
    (_, first), *later = ahead
    values |= {"zone": first}
    values |= {f"when{i}": moment for i, (moment, _) in enumerate(later)}
    values |= {f"zone{i}": seconds for i, (_, seconds) in enumerate(later)}
    # the latest first: most pictures are of late
    whens = [f"WHEN created >= :when{i} THEN :zone{i}" for i in reversed(range(len(later)))]
    zone = f"CASE {' '.join(whens)} ELSE :zone END" if whens else ":zone"
    return (
        f"""SELECT CAST((created + {zone}) / 86400 AS INTEGER) AS day, count(*) AS count
        FROM {_source(replace(query, order=Order.NEWEST))} WHERE {" AND ".join(wanted)} GROUP BY day""",
        values,
    )


def span_of(query: PictureQuery) -> str:
    """The query for when the first and the last of all pictures was stored, as (first, last)."""
    ends = (
        f"""(SELECT created FROM {_source(replace(query, order=Order.NEWEST))}
        WHERE {" AND ".join(_there(query))} ORDER BY created {way} LIMIT 1)"""
        for way in ("ASC", "DESC")
    )
    return f"SELECT {', '.join(ends)}"


FACETS = """SELECT model, sampler, width, height, count(*) AS count, sum(mark = 'kept') AS kept,
    sum(mark = 'rejected') AS rejected, sum(rating > 0) AS rated, min(created) AS first
    FROM tasks INDEXED BY tasks_by_date
    WHERE visitor = :visitor AND stored AND NOT deleted GROUP BY model, sampler, width, height"""
LORAS = """SELECT lora, count(*) AS count FROM loras CROSS JOIN tasks USING (number)
    WHERE visitor = :visitor AND stored AND NOT deleted GROUP BY lora"""
BINNED = """SELECT count(*) AS count, ifnull(sum(bytes), 0) AS bytes FROM tasks INDEXED BY tasks_binned
    WHERE visitor = :visitor AND binned IS NOT NULL AND stored AND hidden IS NULL"""


def _source(query: PictureQuery) -> str:
    """The table, and the index along which it is walked; the bin is small, and sorted when it is asked for."""
    index = "tasks_binned" if query.binned else _KEYS[query.order][1]
    return f"tasks INDEXED BY {index}"


def _there(query: PictureQuery) -> list[str]:
    binned = ["binned IS NOT NULL", "hidden IS NULL"]
    return ["visitor = :visitor", "stored", *(binned if query.binned else ["NOT deleted"])]


def _wanted_by(query: PictureQuery) -> tuple[list[str] | None, dict[str, Any]]:
    """The conditions, and their values but for `visitor`; None for them when nothing can be found."""
    wanted = _there(query)
    values: dict[str, Any] = {}
    for name in _EQUAL:
        value = getattr(query, name)
        if value is not None:
            wanted.append(f"{name} = :{name}")
            values[name] = value
    if query.since is not None:
        wanted.append("created >= :since")
        values["since"] = query.since
    if query.until is not None:
        wanted.append("created < :until")
        values["until"] = query.until
    if query.text.strip():
        asked = asked_by(query.text)
        if not (asked.wanted or asked.unwanted or asked.signs):
            return None, values
        if asked.wanted is not None:
            seed = seed_in(query.text)
            wanted.append(_IN_PROMPTS if seed is None else _IN_PROMPTS_OR_SEEDS)
            values |= {"search": asked.wanted} | ({} if seed is None else {"seed": seed})
        if asked.unwanted is not None:
            wanted.append(_NOT_IN_PROMPTS)
            values["unwanted"] = asked.unwanted
        for i, sign in enumerate(asked.signs):
            wanted.append(_SIGN.format(f":sign{i}"))
            values[f"sign{i}"] = sign
    if query.lora is not None:
        wanted.append("number IN (SELECT number FROM loras WHERE lora = :lora)")
        values["lora"] = query.lora
    if query.rating is not None:
        wanted.append("rating >= :rating")
        values["rating"] = query.rating
    return wanted, values
