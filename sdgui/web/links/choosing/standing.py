"""How choosing together stands at a moment, and what of it is news to somebody who knows how it stood before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sdgui.choosing import Chooser
from sdgui.links import Link
from sdgui.records import Mark, PictureRecord

MAKER = 0
"""The place of whoever made the link; those of the others begin at 1."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who chooses: whether a page of theirs is open, and their marks by the numbers of the pictures."""

    place: int
    name: str
    is_here: bool
    marks: Mapping[int, Mark]

    def told(self) -> dict[str, Any]:
        """As the page is told."""
        marks = {str(number): mark.value for number, mark in self.marks.items()}
        return {"place": self.place, "name": self.name, "here": self.is_here, "marks": marks}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The numbers of the pictures that are there, everybody by their places, how many look on who have said nothing
    yet, and whether all is over."""

    pictures: tuple[int, ...]
    people: Mapping[int, Person]
    lookers: int
    is_over: bool = False


def standing_of(
    link: Link,
    pictures: Mapping[str, PictureRecord],
    choosers: Sequence[Chooser],
    here: Sequence[int | None] = (),
) -> Standing:
    """How it stands with these `pictures` by id, these who choose, and these places of whose pages are open (None of
    whoever has none yet)."""
    numbers = {id: number for number, id in enumerate(link.pictures) if id in pictures}
    maker = {id: pictures[id].mark for id in numbers if pictures[id].mark is not Mark.NONE}
    everybody = [
        (MAKER, link.by, maker),
        *((one.place, one.name, one.marks) for one in choosers),
    ]
    return Standing(
        pictures=tuple(numbers.values()),
        people={
            place: Person(
                place=place,
                name=name,
                is_here=place in here,
                marks={numbers[id]: mark for id, mark in marks.items() if id in numbers},
            )
            for place, name, marks in everybody
        },
        lookers=sum(place is None for place in here),
    )


def news(before: Standing | None, now: Standing) -> dict[str, Any]:
    """What changed since `before`, all where that is None; nothing is empty."""
    if now.is_over:
        return {"over": True}
    told: dict[str, Any] = {}
    if before is None or before.pictures != now.pictures:
        told["pictures"] = list(now.pictures)
    if before is None or before.lookers != now.lookers:
        told["lookers"] = now.lookers
    former: Mapping[int, Person] = {} if before is None else before.people
    people = [one.told() for place, one in now.people.items() if former.get(place) != one]
    people += [{"place": place, "gone": True} for place in former if place not in now.people]
    if people:
        told["people"] = people
    return told
