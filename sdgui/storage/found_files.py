"""Pictures that lie in the output folder, as their files tell of them; no pixel is decoded."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from sdgui.records import MOST_PIXELS
from sdgui.spec import PictureSpec
from sdgui.storage.layout import THUMBNAILS, picture_in
from sdgui.storage.made_with.texts import read_texts
from sdgui.storage.pictures import END, SDGUI, provenance_in
from sdgui.storage.place import Place
from sdgui.storage.plain_file import is_plain, open_plain

_LARGEST = 2**63


@dataclass(frozen=True, kw_only=True)
class FoundFile:
    """A picture's file: `path` relative to the folder, `written` in seconds since the epoch, `size` in bytes; `place`
    where it says one."""

    id: str
    path: PurePosixPath
    spec: PictureSpec
    notes: dict[str, str]
    written: float
    size: int
    place: Place | None = None


def png_files(folder: Path) -> list[PurePosixPath]:
    """The PNGs below the folder, in order; nothing hidden, and no link is followed."""
    found = []
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one != THUMBNAILS)
        below = PurePosixPath(Path(where).relative_to(folder).as_posix())
        found += [
            below / name
            for name in sorted(names)
            if name.lower().endswith(".png") and not name.startswith(".") and _is_text(name)
            if is_plain(Path(where) / name)
        ]
    return found


def has_pictures(folder: Path) -> bool:
    """Whether any picture lies there that was stored here."""
    return any(
        picture_in(entry.name) is not None for day in _days(folder) for entry in os.scandir(day)
    )


def read_file(folder: Path, path: PurePosixPath) -> FoundFile | None:
    """What a file says; None where it is not whole, or no picture of ours. OSError when it cannot be read."""
    with open_plain(folder / path) as file:
        texts = read_texts(file)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(END)))
        is_whole = file.read() == END
        written = os.fstat(file.fileno()).st_mtime
    said = provenance_in(texts.texts.get(SDGUI, "")) if is_whole else None
    if said is None or not _is_meant(said.spec, said.notes):
        return None
    if texts.size != (said.spec.width, said.spec.height):
        return None
    named = picture_in(path.name)
    # What is called one picture and says that it is another takes that one's place nowhere.
    place = None if said.place is None or named not in (None, said.place.picture) else said.place
    if place is not None:
        picture = place.picture
    else:
        picture = sha256(str(path).encode()).hexdigest()[:32] if named is None else named
    return FoundFile(
        id=picture,
        path=path,
        spec=said.spec,
        notes=said.notes,
        written=written,
        size=size,
        place=place,
    )


def _days(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False) and len(entry.name) == 10 and entry.name[4] == "-":
            yield Path(entry.path)


def _is_meant(spec: PictureSpec, notes: dict[str, str]) -> bool:
    """Whether the values are of the kind that specs have: the file may be anybody's."""
    texts = (
        *(spec.prompt, spec.negative_prompt, spec.sampler, spec.schedule, spec.model.id),
        *(spec.model.hash, *notes, *notes.values()),
    )
    numbers = (spec.width, spec.height, spec.steps, spec.seed)
    return (
        all(isinstance(one, str) and _is_text(one) for one in texts)
        and all(isinstance(one, int) and 0 <= one < _LARGEST for one in numbers)
        and isinstance(spec.guidance, int | float)
        and abs(spec.guidance) < _LARGEST
        and 0 < spec.width * spec.height <= MOST_PIXELS
    )


def _is_text(text: str) -> bool:
    """Half letters are none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
