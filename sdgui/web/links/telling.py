"""What a page tells of its pictures, in words: only what whoever made the link lets it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape

from sdgui.axes import AVOID, GUIDANCE, MODEL, PROMPT, SAMPLER, SEED, SIZE, STEPS, STRENGTH
from sdgui.comparing.settings_in_words import (
    NOTHING,
    VARIATION_SEED,
    Settings,
    described,
    in_a_line,
    own,
    shared,
    without_absent,
)
from sdgui.links import Link, LinkKind
from sdgui.sheet import Axis
from sdgui.spec import PictureSpec
from sdgui.web.links.dream_again import query_of
from sdgui.web.links.grid import Grid, asked_again, grid_of
from sdgui.web.links.opened import Opened
from sdgui.web.links.plain_words import plain
from sdgui.web.shared.gallery.pictures import file_name

_ROWS = (SEED, VARIATION_SEED, STRENGTH, MODEL, SAMPLER, STEPS, GUIDANCE, SIZE)
_WORDS = (PROMPT, AVOID)
_NUMBERS = (SEED, VARIATION_SEED, STRENGTH, STEPS, GUIDANCE, SIZE)
_TITLE = 70
_ALT = 120
_CAPTION = 90
_DESCRIPTION = 200
_LARGE = 4000
"""Bytes of HTML."""
_SHORTENED = 700

TitleOf = Callable[[str], str]
"""What a model is called."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A row of the page's table: a value for all pictures, or one for each of a pair, which then differ."""

    name: str
    values: tuple[str, ...]
    is_number: bool = False
    is_one: bool = False

    @property
    def differs(self) -> bool:
        """Whether it is another in each."""
        return len(self.values) > 1


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A picture of the page; `name` is its file's, `bytes` what that has as it is stored."""

    number: int
    alt: str
    caption: str
    name: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Told:
    """All the words of a page: `seen` is for who does not see its preview, `again` leads to the program with the
    settings, by what its button says."""

    title: str
    heading: str
    line: str
    seen: str
    description: str
    figures: tuple[Figure, ...]
    grid: Grid | None
    facts: tuple[Fact, ...]
    again: tuple[tuple[str, str], ...]
    corner: str


def told_of(opened: Opened, title_of: TitleOf) -> Told:
    """The words for what is opened."""
    link, specs = opened.link, opened.specs
    heading = _heading(link, specs)
    return Told(
        title=_cut(heading, _TITLE),
        heading=heading,
        line=_line(opened),
        seen=_seen(link, specs),
        description=_cut(_description(link, specs), _DESCRIPTION),
        figures=_figures(opened),
        grid=_grid(link, specs),
        facts=_facts(opened, title_of),
        again=_again(link, specs),
        corner=f"seed {specs[0].seed}" if link.shows_settings and len(specs) == 1 else "",
    )


def _heading(link: Link, specs: Sequence[PictureSpec]) -> str:
    if link.shows_prompt:
        return specs[0].prompt
    match link.kind:
        case LinkKind.PICTURE:
            return "A picture"
        case LinkKind.WALL | LinkKind.CHOICE:
            return f"A wall of {_pictures(len(specs))}"
        case LinkKind.PAIR:
            return "Two pictures"
    return _pictures(len(specs))


def _seen(link: Link, specs: Sequence[PictureSpec]) -> str:
    heading = _heading(link, specs)
    if link.kind is LinkKind.PICTURE or not link.shows_prompt:
        return _cut(heading, _ALT)
    return _cut(f"{_pictures(len(specs))}: {heading}", _ALT)


def _line(opened: Opened) -> str:
    """When, and how many."""
    link, specs = opened.link, opened.specs
    made = datetime.fromtimestamp(opened.pictures[0].record.created, UTC)
    parts = [f"{made.day} {made:%b %Y}"]
    if link.kind is LinkKind.PAIR and (apart := _apart(link, specs)):
        parts = [apart]
    elif len(specs) > 1 and link.shows_prompt:
        parts.insert(0, _pictures(len(specs)))
    return " · ".join(part for part in parts if part)


def _apart(link: Link, specs: Sequence[PictureSpec]) -> str:
    """In what the two of a pair differ, as far as it may be told."""
    if not link.tells_all:
        return "Two pictures" if link.shows_prompt else ""
    differing = set(own(specs)[0])
    if differing and differing <= set(_WORDS):
        return "Two pictures, one seed: only the words differ"
    if differing == {SEED}:
        return "Two pictures, the same words: only the seed differs"
    return "Two pictures"


def _description(link: Link, specs: Sequence[PictureSpec]) -> str:
    same = _allowed(link, without_absent(shared(specs)))
    same.pop(PROMPT, None)
    return in_a_line(same) if same else "Dreamt with sdgui"


def _figures(opened: Opened) -> tuple[Figure, ...]:
    link, specs = opened.link, opened.specs
    each = [in_a_line(without_absent(_allowed(link, one))) for one in own(specs)]
    figures = []
    for place, (one, caption) in enumerate(zip(opened.pictures, each, strict=True)):
        letter = "AB"[place] if link.kind is LinkKind.PAIR else ""
        is_alone = link.kind in (LinkKind.PICTURE, LinkKind.PAIR)
        words = one.spec.prompt if link.shows_prompt and is_alone else _named(place, caption)
        figures.append(
            Figure(
                number=one.number,
                alt=_cut(f"{letter}: {words}" if letter else words, _ALT),
                caption=letter or _cut(caption, _CAPTION),
                name=file_name(one.record) if link.tells_all else f"picture-{place + 1}.png",
                width=one.spec.width,
                height=one.spec.height,
                bytes=one.record.bytes,
            )
        )
    return tuple(figures)


def _grid(link: Link, specs: Sequence[PictureSpec]) -> Grid | None:
    """How they lie, with as much of its axes as may be told."""
    grid = grid_of(own(specs)) if link.kind is LinkKind.WALL else None
    if grid is None:
        return None
    return replace(grid, x=_told_of_axis(link, grid.x), y=_told_of_axis(link, grid.y))


def _told_of_axis(link: Link, axis: Axis) -> Axis:
    is_told = link.shows_prompt if axis.title in _WORDS else link.shows_settings
    labels = tuple(_cut(label, _CAPTION) if is_told else "" for label in axis.labels)
    return Axis(title=axis.title if is_told else "", labels=labels)


def _facts(opened: Opened, title_of: TitleOf) -> tuple[Fact, ...]:
    link, specs = opened.link, opened.specs
    each = [_allowed(link, settings) for settings in described(specs)]
    for settings in each:
        if settings.get(VARIATION_SEED) == "none":
            del settings[VARIATION_SEED], settings[STRENGTH]
    titles = {spec.model.id: title_of(spec.model.id) for spec in specs}
    rows = [*_ROWS, AVOID]
    if link.kind is LinkKind.PAIR:
        rows = [PROMPT, *rows]
    facts = []
    for name in rows:
        values = tuple(settings.get(name, "none") for settings in each)
        if name == MODEL:
            values = tuple(titles.get(value, value) for value in values)
        if name not in each[0] or (len(set(values)) > 1 and link.kind is not LinkKind.PAIR):
            continue  # told with each picture
        if name == PROMPT and len(set(values)) == 1:
            continue  # it is the heading
        if name == PROMPT and values[1].startswith(values[0]):
            name, values = (
                "Prompt adds",
                (NOTHING, values[1].removeprefix(values[0]).lstrip(" ,;\n")),
            )
        if len(set(values)) == 1:
            values = values[:1]
        if link.kind is LinkKind.PAIR:
            values = tuple(map(_shortened, values))
        facts.append(
            Fact(name=name, values=values, is_number=name in _NUMBERS, is_one=len(specs) == 1)
        )
    if link.kind is LinkKind.PAIR:
        matches = tuple(one.record.match for one in opened.pictures)
        if link.shows_prompt and None not in matches:
            values = tuple(f"{match:.2f}" for match in matches)
            facts.append(Fact(name="Match to prompt", values=values, is_number=True))
        facts = [*(fact for fact in facts if fact.differs), *_in_common(facts, shared(specs))]
    return tuple(facts)


def _in_common(facts: Sequence[Fact], same: Settings) -> tuple[Fact, ...]:
    """What both of a pair have: the model, and all else on a line."""
    alike = {fact.name for fact in facts if not fact.differs}
    model = [fact for fact in facts if fact.name == MODEL and not fact.differs]
    others = {name: same[name] for name in same if name in alike and name not in (MODEL, *_WORDS)}
    rest = in_a_line(without_absent(others))
    return (*model, *((Fact(name="Both", values=(rest,)),) if rest else ()))


def _again(link: Link, specs: Sequence[PictureSpec]) -> tuple[tuple[str, str], ...]:
    if not link.shows_prompt:
        return ()
    settings = link.shows_settings
    if link.kind is LinkKind.PAIR:
        asked = [
            (
                f"Dream {letter} again"
                if spec.variation is None
                else f"Dream what {letter} varies",
                query_of(spec, count=1, settings=settings),
            )
            for letter, spec in zip("AB", specs, strict=True)
        ]
        return tuple((text, f"/?{query}") for text, query in asked if query is not None)
    text = "Dream this again"
    if link.kind is LinkKind.WALL and settings:
        each = own(specs)
        compare = asked_again(each, grid_of(each))
        if compare is not None:
            query = query_of(specs[0], count=1, settings=True, compare=compare)
            if query is not None:
                return ((text, f"/?{query}#compare"),)
        text = "Dream the first again"
    if specs[0].variation is not None:
        text = "Dream what it varies"
    count = 1 if link.kind is LinkKind.WALL else len(specs)
    query = query_of(specs[0], count=count, settings=settings)
    return () if query is None else ((text, f"/?{query}"),)


def _allowed(link: Link, settings: Settings) -> Settings:
    """Those of the settings that may be told."""
    return {
        name: value
        for name, value in settings.items()
        if (link.shows_prompt if name in _WORDS else link.shows_settings)
    }


def _shortened(words: str) -> str:
    """Prompts of a pair as they are, but for such as would make the page large."""
    return words if len(escape(words).encode()) <= _LARGE else _cut(words, _SHORTENED)


def _named(place: int, caption: str) -> str:
    return f"Picture {place + 1}: {caption}" if caption else f"Picture {place + 1}"


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


def _cut(text: str, longest: int) -> str:
    line = plain(text)
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
