"""The queries for pages of stored pictures."""

from collections.abc import Mapping
from typing import Any

from sdgui.picture_query import Order, PictureQuery
from sdgui.storage.prompt_search import search_for

_UNKNOWN = -2.0
"""Stands for a match that is not known: below all that are."""
_KEYS = {
    Order.NEWEST: ("created", "tasks_by_date"),
    Order.OLDEST: ("created", "tasks_by_date"),
    Order.MATCH: (f"ifnull(match, {_UNKNOWN})", "tasks_by_match"),
}
"""What pictures are sorted by, and its index: SQLite would rather sort all that fit than walk along it."""
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
    key, index = _KEYS[query.order]
    wanted = ["visitor = :visitor", "stored", "NOT deleted"]
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
        search = search_for(query.text)
        if search is None:
            return None
        wanted.append("number IN (SELECT rowid FROM prompts WHERE prompts MATCH :search)")
        values["search"] = search
    down = query.order is not Order.OLDEST
    if before:
        # the first alone is said again: SQLite finds the place of a pair in an index of columns, not of expressions
        wanted.append(f"{key} {'<=' if down else '>='} :key")
        wanted.append(f"({key}, number) {'<' if down else '>'} (:key, :number)")
    way = "DESC" if down else "ASC"
    return (
        f"""SELECT * FROM tasks INDEXED BY {index} WHERE {" AND ".join(wanted)}
        ORDER BY {key} {way}, number {way} LIMIT :limit""",
        values,
    )
