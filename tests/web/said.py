"""What Python says to the page's scripts, as types for their checks: `python -m tests.web.said` writes them anew."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from sdgui.events import LiveStrip, StudioEvent
from sdgui.records import JobState, Mark
from sdgui.request_fields import SETTINGS
from sdgui.sheet import SheetKind
from sdgui.web.compare.controls import MODES
from sdgui.web.rooms import ROOT
from sdgui.web.shared.dreams.descriptions import describe_event

FILE = ROOT / "shared" / "dreams" / "said.d.ts"
_HEAD = "// Written by `python -m tests.web.said` from what Python says; tests tell when it is to be written anew."
_PLAIN = {int: "number", float: "number", str: "string", bool: "boolean", NoneType: "null"}
_NESTED = {LiveStrip: "LiveStrip"}
_NAMED_OTHERWISE = {"picture": "picture_id"}
"""Fields of news that are not called as in their event."""


def said() -> str:
    """The whole file."""
    unions = {
        "SettingName": [one.name for one in SETTINGS.values() if one.on_page],
        "Mode": MODES,
        "SheetKind": [kind.value for kind in SheetKind],
        "Mark": [mark.value for mark in Mark],
        "DreamState": ["active", *(s.value for s in JobState if s is not JobState.QUEUED)],
    }
    parts = [_HEAD, *(_union(name, words) for name, words in unions.items())]
    parts.append(f"export type LiveStrip = {_record(get_type_hints(LiveStrip))};")
    news = [_news(event) for event in get_args(StudioEvent)]
    parts += [f"export type {event.__name__} = {text};" for event, text in news]
    parts.append(_union_of_types("JobNews", [event.__name__ for event, _ in news]))
    return "\n\n".join(parts) + "\n"


def _union(name: str, words: Iterable[str]) -> str:
    return _union_of_types(name, [f'"{word}"' for word in words])


def _union_of_types(name: str, types: list[str]) -> str:
    return f"export type {name} =\n  | " + "\n  | ".join(types) + ";"


def _news(event: type) -> tuple[type, str]:
    hints = get_type_hints(event)
    told = describe_event("job", _sample(event))
    types = {"type": f'"{told.pop("type")}"', "job": str}
    told.pop("job")
    return event, _record(types | {name: hints[_NAMED_OTHERWISE.get(name, name)] for name in told})


def _record(types: dict[str, Any]) -> str:
    lines = [
        f"  {name}: {kind if isinstance(kind, str) else _type(kind)};"
        for name, kind in types.items()
    ]
    return "\n".join(["{", *lines, "}"])


def _type(hint: Any) -> str:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint in _NESTED:
        return _NESTED[hint]
    if get_origin(hint) is tuple:
        return f"{_type(get_args(hint)[0])}[]"
    assert get_origin(hint) is UnionType, hint
    return " | ".join(_type(one) for one in get_args(hint))


def _sample(kind: Any) -> Any:
    """A value of a type."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{field.name: _sample(hints[field.name]) for field in fields(kind)})  # type: ignore[operator]
    if get_origin(kind) is tuple:
        return (_sample(get_args(kind)[0]),)
    if get_origin(kind) is UnionType:
        return _sample(get_args(kind)[0])
    return kind()


if __name__ == "__main__":
    Path(FILE).write_text(said(), encoding="utf-8")
