"""What is asked to be compared becomes a plan: a complete spec for each picture, and how they lie."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from math import prod

from sdgui.adapters import loras
from sdgui.axes import (
    AVOID,
    GUIDANCE,
    LATER,
    LORA_WEIGHT,
    MAX_CELLS,
    MODEL,
    STEPS,
    STRENGTH,
    AxisRequest,
    Choice,
    Choices,
    axis_title,
    read_axis,
)
from sdgui.axis_values import read_numbers, written
from sdgui.errors import UserError
from sdgui.model_info import GuidanceKind, ModelInfo
from sdgui.request_fields import SETTINGS
from sdgui.samplers import SAMPLER_NAMES, steady
from sdgui.sheet import Axis, Sheet, SheetKind
from sdgui.spec import (
    DreamRequest,
    FindAdapters,
    PictureSpec,
    Variation,
    no_adapters,
    seeds_wrap,
)
from sdgui.written_values import SEEDS, parse_seed

Describe = Callable[[str], ModelInfo]
DrawSeed = Callable[[], int]

STRENGTHS = 64
"""A row has no more strengths."""

SEEDS_WRAP = "The seeds ran past the last one (4,294,967,295) and went on from 0."
_STEADY = steady(SAMPLER_NAMES)
_OFFERED = "DPM++ 2M"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The pictures to make for a sheet, in its order; `notices` are plain sentences to know before it begins."""

    specs: tuple[PictureSpec, ...]
    sheet: Sheet
    notices: tuple[str, ...] = ()


def plan_wall(
    request: DreamRequest,
    info: ModelInfo,
    draw_seed: DrawSeed,
    *,
    draft_steps: int | None = None,
    find_adapters: FindAdapters = no_adapters,
) -> Plan:
    """A wall of `request.count` pictures, seeds counting up; with `draft_steps` instead of its steps for a draft."""
    many = SETTINGS["wall_count"].read(request.count)
    specs = request.resolve(info, draw_seed, most=many, find_adapters=find_adapters)
    notices = wrap_notices(specs)
    if draft_steps is not None:
        steps = _steps(draft_steps)
        if steps != specs[0].steps:
            notices += _composition_notices(specs, info.samplers)
        specs = tuple(replace(spec, steps=steps) for spec in specs)
    return Plan(specs=specs, sheet=Sheet(kind=SheetKind.WALL), notices=notices)


def plan_refined(specs: Sequence[PictureSpec], *, steps: object, sources: Sequence[str]) -> Plan:
    """The same pictures with other steps; `sources` are the ids of the drafts, in the order of `specs`."""
    if not specs:
        raise UserError("No picture is kept to be refined.", "Keep the ones that you like first.")
    number = _steps(steps)
    notices: tuple[str, ...]
    if all(spec.steps == number for spec in specs):
        notices = (f"These pictures have {number} steps already, so they come out the same.",)
    else:
        notices = _composition_notices([spec for spec in specs if spec.steps != number])
    return Plan(
        specs=tuple(replace(spec, steps=number) for spec in specs),
        sheet=Sheet(kind=SheetKind.REFINED, sources=_as_many(sources, len(specs))),
        notices=notices,
    )


def plan_variations(
    spec: PictureSpec,
    *,
    source: str,
    draw_seed: DrawSeed,
    seed: object = None,
    strengths: str | None = None,
    strength: object = None,
    count: object = None,
) -> Plan:
    """Variations of one kept picture, whose id is `source`.

    With `strengths` (a list or ranges from 0 to 1): a row of strengths of one variation seed; 0 is the plain picture.
    Else `count` variation seeds that count up at one `strength`. A `seed` unsaid is drawn, or for strengths is the
    one that the picture has, if it is a variation itself.
    """
    first, own = parse_seed(seed), spec.variation
    notices: tuple[str, ...] = ()
    if own is not None and first is None and strengths is not None:
        first = own.seed
        notices = (
            f"The picture is a variation itself: the row begins with seed {spec.seed} alone and goes along "
            f"the picture's own variation seed {own.seed}; the picture lies at strength {own.strength:g}.",
        )
    elif own is not None:
        notices = (
            f"The picture is a variation itself; the new ones go out from seed {spec.seed} alone "
            f"(variation seed {own.seed}, strength {own.strength:g} before).",
        )
    if first is None:
        first = draw_seed() % SEEDS
    if strengths is None:
        row, shared = SETTINGS["vary_count"], SETTINGS["vary_strength"]
        number = row.read(row.usual if count is None else count)
        share = shared.read(shared.usual if strength is None else strength)
        if share == 0:
            raise UserError(
                "At variation strength 0 every variation is the picture itself.",
                "Set the strength above 0.",
            )
        variations = [Variation(seed=(first + i) % SEEDS, strength=share) for i in range(number)]
        axis = Axis(title="Variation seed", labels=tuple(str(one.seed) for one in variations))
        if seeds_wrap(first, number):
            notices += (SEEDS_WRAP,)
    else:
        labels = _strengths(strengths)
        variations = [Variation(seed=first, strength=_strength(one)) for one in labels]
        axis = Axis(title="Strength", labels=labels)
    return Plan(
        specs=tuple(
            replace(spec, variation=one if one.strength > 0 else None) for one in variations
        ),
        sheet=Sheet(kind=SheetKind.VARIATIONS, x=axis, sources=(source,) * len(variations)),
        notices=notices,
    )


def plan_grid(
    request: DreamRequest,
    x: AxisRequest,
    y: AxisRequest | None = None,
    *,
    describe: Describe,
    draw_seed: DrawSeed,
    find_adapters: FindAdapters = no_adapters,
) -> Plan:
    """A grid, row by row: x varies along a row, y from row to row.

    What the request leaves unsaid is drawn once (seeds) or each model's own; its count does not matter. The request
    names its model, unless an axis does. UserError for what cannot be read or dreamt, before any work is done.
    """
    if y is not None and axis_title(x.name) == axis_title(y.name):
        raise UserError(
            f"Both axes are {axis_title(x.name)}.",
            "Choose another one, or nothing, for the second.",
        )
    columns = read_axis(x)
    rows = None if y is None else read_axis(y)
    axes = [columns] if rows is None else [rows, columns]
    _check_cells(axes)
    base = _shared_seeds(request, axes, draw_seed)
    described = cache(describe)
    titles = [axis.title for axis in axes]
    specs = tuple(
        _cell(base, list(zip(titles, choices, strict=True)), described, find_adapters)
        for choices in product(*(axis.values for axis in axes))
    )
    if LORA_WEIGHT in titles and not any(loras(spec.adapters) for spec in specs):
        raise UserError(
            "There is no LoRA in the prompt whose weight could be compared.",
            "Write one, as in <lora:name:0.8>.",
        )
    notices = tuple(notice for axis in axes for notice in axis.notices)
    models = dict.fromkeys(spec.model.id for spec in specs)
    if any(axis.title == MODEL for axis in axes):
        notices += _lacking_notices(base, [described(model) for model in models])
    if any(axis.title == STEPS and axis.varies for axis in axes):
        infos = [described(model) for model in models]
        fitting = [name for name in SAMPLER_NAMES if all(name in i.samplers for i in infos)]
        notices += _composition_notices(specs, fitting)
    return Plan(
        specs=specs,
        sheet=Sheet(kind=SheetKind.GRID, x=columns.axis, y=None if rows is None else rows.axis),
        notices=notices,
    )


def _cell(
    base: DreamRequest,
    choices: Sequence[tuple[str, Choice]],
    describe: Describe,
    find_adapters: FindAdapters,
) -> PictureSpec:
    """The spec of one cell; texts are replaced last, in the prompt of this cell, and a schedule goes before that in a
    sampler's name."""
    request = base
    for _title, choice in sorted(choices, key=lambda one: _turn(one[0])):
        request = choice.change(request)
    if request.model is None:
        raise ValueError("the request of a grid names its model")
    info = describe(request.model)
    if base.model not in (None, request.model):
        request = replace(request, correction=None)  # it is how that one is read
    titles = [title for title, _choice in choices]
    if MODEL in titles:
        request = _without_what_it_lacks(request, info, titles)
    try:
        # No seed is left to draw.
        (spec,) = request.resolve(info, lambda: 0, find_adapters=find_adapters)
    except UserError as fault:
        if MODEL not in titles:
            raise
        message = fault.message[:1].lower() + fault.message[1:]
        raise UserError(f"With the model {request.model}, {message}", fault.hint) from None
    return spec


def _turn(title: str) -> int:
    """When an axis changes a request."""
    return LATER.index(title) if title in LATER else -1


def _without_what_it_lacks(
    request: DreamRequest, info: ModelInfo, titles: Sequence[str]
) -> DreamRequest:
    """The request without what was said for other models of the grid; an axis of it is refused with the cell."""
    if GUIDANCE not in titles and info.guidance_kind is GuidanceKind.NONE:
        request = replace(request, guidance=None)
    if AVOID not in titles and not info.negative_prompt:
        request = replace(request, negative_prompt="")
    return request


def _lacking_notices(base: DreamRequest, infos: Iterable[ModelInfo]) -> tuple[str, ...]:
    """Says which models of a grid are dreamt with without what the request says."""
    notices = []
    for info in infos:
        lacks = []
        if base.guidance is not None and info.guidance_kind is GuidanceKind.NONE:
            lacks.append("cfg scale")
        if base.negative_prompt and not info.negative_prompt:
            lacks.append("negative prompt")
        if lacks:
            notices.append(f"{info.title} has no {' and no '.join(lacks)}, and dreams without.")
    return tuple(notices)


def _check_cells(axes: Sequence[Choices]) -> None:
    cells = prod(len(axis.values) for axis in axes)
    if cells > MAX_CELLS:
        raise UserError(
            f"This grid would have {cells:,} cells, and at most {MAX_CELLS} are made.",
            "Take fewer values, or make several grids.",
        )


def _shared_seeds(
    request: DreamRequest, axes: Iterable[Choices], draw_seed: DrawSeed
) -> DreamRequest:
    """The request for one picture, with the seeds that it leaves unsaid drawn, so that all cells share them."""
    seed, other = parse_seed(request.seed), parse_seed(request.variation_seed)
    if seed is None:
        seed = draw_seed() % SEEDS
    varied = any(axis.title == STRENGTH for axis in axes)
    if other is None and (varied or request.variation_strength):
        other = draw_seed() % SEEDS
    return replace(request, seed=seed, variation_seed=other, count=1)


def wrap_notices(specs: Sequence[PictureSpec]) -> tuple[str, ...]:
    """Says that seeds which count up, or the variation seeds if there are any, ran over the last one; empty where they
    did not."""
    first = specs[0]
    seed = first.seed if first.variation is None else first.variation.seed
    return (SEEDS_WRAP,) if seeds_wrap(seed, len(specs)) else ()


def _composition_notices(
    specs: Iterable[PictureSpec], samplers: Sequence[str] = _STEADY
) -> tuple[str, ...]:
    """Names the samplers whose composition changes with the steps, and one of `samplers` that keeps it."""
    names = list(dict.fromkeys(s.sampler for s in specs if s.sampler not in _STEADY))
    if not names:
        return ()
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    verb = "change" if len(names) > 1 else "changes"
    keeping = steady(samplers)
    offered = _OFFERED if _OFFERED in keeping else next(iter(keeping), None)
    keeps = "" if offered is None else f" {offered} keeps it."
    return (f"{listed} {verb} the composition when the steps change.{keeps}",)


def _steps(steps: object) -> int:
    number: int = SETTINGS["steps"].read(steps)
    return number


def _strength(strength: object) -> float:
    share: float = SETTINGS["variation_strength"].read(strength)
    return share


def _strengths(text: str) -> tuple[str, ...]:
    """The strengths of a row as they are written, each once."""
    values = dict.fromkeys(read_numbers(text, "Strength", whole=False))
    if len(values) > STRENGTHS:
        raise UserError(
            f"A row would have {len(values)} strengths, and at most {STRENGTHS} are made.",
            "Take fewer, as in 0-1 [6].",
        )
    return tuple(written(value) for value in values)


def _as_many(sources: Sequence[str], count: int) -> tuple[str, ...]:
    if len(sources) != count:
        raise ValueError(f"{count} sources expected, got {len(sources)}")
    return tuple(sources)
