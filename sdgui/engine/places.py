"""Short names for the models that are given by where they lie: visitors need not learn the owner's folders."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Named:
    """The models by the names that they are chosen by, in the order given; `places`: where those lie that are paths."""

    names: tuple[str, ...]
    places: Mapping[str, str]


def name_places(models: Iterable[str], *, reserved: Iterable[str] = ()) -> Named:
    """The models as given, but folders and files by their own name, with a number where that is taken already."""
    given = tuple(dict.fromkeys(models))
    taken = {one.casefold() for one in (*reserved, *(one for one in given if not is_place(one)))}
    names: list[str] = []
    places: dict[str, str] = {}
    for model in given:
        if model in reserved or not is_place(model):
            names.append(model)
            continue
        path = Path(model).expanduser()
        short = (path.name if path.is_dir() else path.stem) or "model"
        name = take_name(short, [short], taken)
        names.append(name)
        places[name] = model
    return Named(names=tuple(names), places=places)


def take_name(short: str, wanted: Iterable[str], taken: set[str]) -> str:
    """The first of the wanted names that is not `taken` (in lower case), else `short` with a number; taken from now
    on."""
    numbered = (f"{short} ({number})" for number in count(2))
    name = next(one for one in chain(wanted, numbered) if one.casefold() not in taken)
    taken.add(name.casefold())
    return name


def is_place(model: str) -> bool:
    """Whether a model is given by where it lies."""
    return "\0" not in model and Path(model).expanduser().exists()
