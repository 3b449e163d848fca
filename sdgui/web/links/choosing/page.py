"""The page on which those who have its link choose together; without its script forms do the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from sdgui.choosing import LONGEST_NAME
from sdgui.records import Mark
from sdgui.web.doors.own_address import base_of, root_of
from sdgui.web.inlined import script_of
from sdgui.web.links.card import HEIGHT, WIDTH
from sdgui.web.links.choosing.gatherings import Gatherings
from sdgui.web.links.choosing.standing import MAKER, Person, Standing
from sdgui.web.links.choosing.strangers import chooser_id
from sdgui.web.links.opened import Opened
from sdgui.web.links.policy import policy_of
from sdgui.web.links.telling import Figure, Told
from sdgui.web.rooms import ROOT
from sdgui.web.shared.page.templates import render
from sdgui.web.shared.page.theme import variables

COLOURS = 8
"""Colours of people; those who have the same one have signs of other shapes."""
_STYLE = variables() + (ROOT / "links" / "choosing" / "page.css.jinja").read_text(encoding="utf-8")
_SHARED = ("shared/dom/come-again.js", "shared/dom/told-apart.js")
_PARTS = ("tally.js", "keys.mjs", "seen.mjs", "telling.mjs", "big.mjs", "page.mjs")
_SCRIPT = script_of(*_SHARED, *(f"links/choosing/{part}" for part in _PARTS))
POLICY = policy_of(_STYLE, _SCRIPT, sends=True, listens=True)
"""What the page may do, as a content security policy."""


@dataclass(frozen=True, kw_only=True)
class Sign:
    """By what somebody is told from all others: a colour and a shape, and a number or, of the maker, a star."""

    text: str
    colour: int
    shape: int


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A picture, what who looks has said of it, and who keeps and who rejects it."""

    figure: Figure
    mine: str
    kept: tuple[Person, ...]
    rejected: tuple[Person, ...]


def choosing_page(request: Request, opened: Opened, told: Told, gatherings: Gatherings) -> str:
    """Its HTML for whoever asks."""
    link = opened.link
    chooser = gatherings.chooser(link, chooser_id(request))
    standing = gatherings.standing(link)
    you = None if chooser is None else chooser.place
    chosen = [_chosen(figure, standing, you) for figure in told.figures]
    is_sorted = request.query_params.get("sort") == "kept"
    if is_sorted:
        chosen.sort(key=lambda one: (-len(one.kept), len(one.rejected), one.figure.number))
    base = base_of(request)
    return render(
        "links/choosing/page.html",
        told=told,
        by=link.by,
        here=f"{root_of(request)}/d/{link.id}",
        address=f"{base}/d/{link.id}",
        card={"width": WIDTH, "height": HEIGHT},
        chosen=chosen,
        people=_seen(standing),
        you=you,
        name="" if chooser is None else chooser.name,
        longest=LONGEST_NAME,
        is_sorted=is_sorted,
        sign_of=sign_of,
        name_of=name_of,
        style=_STYLE,
        script=_SCRIPT,
    )


def sign_of(place: int) -> Sign:
    """The sign of whoever has this place."""
    if place == MAKER:
        return Sign(text="★", colour=0, shape=0)
    return Sign(text=str(place), colour=(place - 1) % COLOURS + 1, shape=(place - 1) // COLOURS)


def name_of(person: Person, you: int | None) -> str:
    """What somebody is called for whoever has the place `you`."""
    if person.place == you:
        return f"{person.name} (you)" if person.name else "you"
    if person.name:
        return person.name
    return "who shared this" if person.place == MAKER else f"guest {person.place}"


def _chosen(figure: Figure, standing: Standing, you: int | None) -> Chosen:
    people = standing.people.values()

    def who(mark: Mark) -> tuple[Person, ...]:
        return tuple(one for one in people if one.marks.get(figure.number) is mark)

    mine = Mark.NONE if you is None else standing.people[you].marks.get(figure.number, Mark.NONE)
    return Chosen(figure=figure, mine=mine.value, kept=who(Mark.KEPT), rejected=who(Mark.REJECTED))


def _seen(standing: Standing) -> Sequence[Person]:
    """Everybody, but the maker where nothing of theirs is to be seen."""
    people = standing.people.values()
    return [one for one in people if one.place != MAKER or one.marks or one.is_here]
