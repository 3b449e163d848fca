"""Gives each find a short name of its own, which stays its own."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from sdgui.engine.collection.walk import Place
from sdgui.engine.places import take_name


def name_all(
    places: Sequence[Place],
    called: Mapping[Path, str],
    *,
    kept: Mapping[Path, str],
    reserved: Set[str],
) -> dict[Path, str]:
    """A name for each place: the one that it has `kept`, else what it is `called`, with its folder where another is
    called the same, and with a number where that does not do."""
    names: dict[Path, str] = {}
    taken = {name.casefold() for name in reserved}
    for place in places:
        name = kept.get(place.path)
        if name is not None and name.casefold() not in taken:
            names[place.path] = name
            taken.add(name.casefold())
    times = Counter(called[place.path].casefold() for place in places)
    for place in places:
        if place.path in names:
            continue
        called_so = called[place.path]
        short = called_so or "model"
        alone = called_so and times[called_so.casefold()] == 1
        wanted = [short] if alone else []
        wanted += [f"{short} ({one})" for one in _folders(place)]
        names[place.path] = take_name(short, wanted, taken)
    return names


def _folders(place: Place) -> list[str]:
    """The folder that it lies in, then that with those around it; no slashes, for it is no path."""
    parts = place.path.parent.relative_to(place.root.parent).parts
    return [", ".join(parts[-count:]) for count in range(1, len(parts) + 1)]
