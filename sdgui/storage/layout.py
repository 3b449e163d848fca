"""Where things lie in the output folder."""

import re
from datetime import datetime
from pathlib import Path, PurePosixPath

LOCK = ".sdgui.lock"
DATABASE = "sdgui.db"
COPY = "sdgui.copy.db"
"""What the pictures' files do not say, once more (small_copy.py)."""
REBUILT = "sdgui.rebuilt.db"
"""The database while it is made again."""
THUMBNAILS = ".thumbs"
IMPORTED = "imported"
RESERVE = ".sdgui.reserve"
NOWHERE = PurePosixPath(".nowhere")
"""Where nothing lies."""

_FILE = re.compile(r"(\d{6})-\d{1,10}-([0-9a-f]{16,64})\.png")
_ID = re.compile(r"[0-9a-f]{16,64}")


def is_id(text: str) -> bool:
    """Whether `text` is an id of ours, 16 to 64 lower-case hex digits; nothing else ever becomes part of a path."""
    return _ID.fullmatch(text) is not None


def picture_path(created: float, seed: int, picture: str) -> PurePosixPath:
    """The PNG of a picture, relative to the output folder: `YYYY-MM-DD/HHMMSS-<seed>-<id>.png`.

    `created` in seconds since the epoch, shown in local time; ValueError when `picture` is not an id.
    """
    if not is_id(picture):
        raise ValueError(f"not an id: {picture!r}")
    when = datetime.fromtimestamp(created)
    return PurePosixPath(f"{when:%Y-%m-%d}", f"{when:%H%M%S}-{seed:d}-{picture}.png")


def picture_in(name: str) -> str | None:
    """The id of the picture whose file is called so; None for a name that `picture_path` did not make."""
    found = _FILE.fullmatch(name)
    return None if found is None else found[2]


def asked_in(path: PurePosixPath) -> float | None:
    """When the picture was asked for whose file lies there, in whole seconds since the epoch; None as above."""
    found = _FILE.fullmatch(path.name)
    if found is None:
        return None
    try:
        return datetime.strptime(f"{path.parent.name} {found[1]}", "%Y-%m-%d %H%M%S").timestamp()
    except (ValueError, OverflowError):
        return None


def stored_path(told: str) -> PurePosixPath:
    """The path that a row tells, relative to the output folder; NOWHERE where it leads out of that.

    The list of a folder may be anybody's: what lies elsewhere is neither shown nor, when a picture is deleted, removed.
    """
    path = Path(told)  # as this system reads it
    leads_out = bool(path.anchor) or ".." in path.parts or "\0" in told
    return NOWHERE if leads_out else PurePosixPath(told)


def thumbnail_path(picture_path: PurePosixPath, picture: str) -> PurePosixPath:
    """The thumbnail that belongs to a PNG, relative to the output folder: `.thumbs/YYYY-MM-DD/<id>.jpg`."""
    return PurePosixPath(THUMBNAILS, picture_path.parent, f"{picture}.jpg")


def imported_path(created: float, picture: str, ending: str) -> PurePosixPath:
    """The copy of an imported picture, relative to the output folder: `imported/YYYY-MM-DD/<id>.<ending>`.

    A linked one has no file there, only a thumbnail that belongs to this path.
    """
    if not is_id(picture):
        raise ValueError(f"not an id: {picture!r}")
    return PurePosixPath(IMPORTED, f"{_day(created)}", f"{picture}.{ending}")


def _day(created: float) -> str:
    try:
        return f"{datetime.fromtimestamp(created):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):  # no calendar has it
        return "undated"
