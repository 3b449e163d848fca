"""Gives each find a short name of its own, which stays its own."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from sdgui.engine.collection.walk import Place


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
        short = called[place.path]
        alone = times[short.casefold()] == 1
        candidates = [short] if alone and short else []
        candidates += [f"{short or 'model'} ({one})" for one in _folders(place)]
        count = 2
        while not candidates or candidates[0].casefold() in taken:
            if candidates:
                candidates.pop(0)
            if not candidates:
                candidates.append(f"{short or 'model'} ({count})")
                count += 1
        names[place.path] = candidates[0]
        taken.add(candidates[0].casefold())
    return names


def _folders(place: Place) -> list[str]:
    """The folder that it lies in, then that with those around it; no slashes, for it is no path."""
    parts = place.path.parent.relative_to(place.root.parent).parts
    return [", ".join(parts[-count:]) for count in range(1, len(parts) + 1)]
