"""What is asked to be compared becomes a plan, or one plain sentence before any work is done."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from sdgui.axes import AXES, MAX_CELLS, AxisRequest
from sdgui.correction import NOTHING, Correction
from sdgui.errors import UserError
from sdgui.model_info import GuidanceKind, ModelInfo, ModelRef
from sdgui.plans import Plan, plan_grid, plan_refined, plan_variations, plan_wall
from sdgui.sheet import SheetKind
from sdgui.spec import DreamRequest, PictureSpec, Variation
from sdgui.written_values import SEEDS
from tests.samples import DEMO, inked

LARGE = replace(
    DEMO,
    ref=ModelRef(id="own/large", hash="cd" * 32),
    width=512,
    height=512,
    min_size=256,
    max_size=1024,
    steps=30,
    sampler="DDIM",
    samplers=("DDIM", "Euler a"),
)
TURBO = replace(
    DEMO,
    ref=ModelRef(id="own/turbo", hash="ef" * 32),
    title="turbo",
    guidance=1.0,
    guidance_kind=GuidanceKind.NONE,
    negative_prompt=False,
)
BASE = DreamRequest(prompt="a red cat at sea", model="demo")


def counting() -> Callable[[], int]:
    """Seeds 100, 101, … so that one drawn for each cell would show."""
    numbers = itertools.count(100)
    return lambda: next(numbers)


def describe(model: str) -> ModelInfo:
    known = {"demo": DEMO, "own/large": LARGE, "own/turbo": TURBO}
    if model not in known:
        raise UserError(f"There is no model called “{model}” here.", "Choose one of: demo.")
    return known[model]


def grid(
    x: tuple[str, str], y: tuple[str, str] | None = None, base: DreamRequest = BASE, **asked: object
) -> Plan:
    return plan_grid(
        replace(base, **asked),  # type: ignore[arg-type]
        AxisRequest(name=x[0], values=x[1]),
        None if y is None else AxisRequest(name=y[0], values=y[1]),
        describe=describe,
        draw_seed=counting(),
    )


def kept(**changes: object) -> PictureSpec:
    (spec,) = replace(BASE, seed=7, steps=8).resolve(DEMO, lambda: 0)
    return replace(spec, **changes)  # type: ignore[arg-type]


# Grids


def test_a_grid_goes_row_by_row() -> None:
    plan = grid(("steps", "10, 20, 30"), ("guidance", "1, 7"))
    assert [(spec.steps, spec.guidance) for spec in plan.specs] == [
        (10, 1.0),
        (20, 1.0),
        (30, 1.0),
        (10, 7.0),
        (20, 7.0),
        (30, 7.0),
    ]
    assert plan.sheet.kind is SheetKind.GRID
    assert plan.sheet.x is not None
    assert plan.sheet.y is not None
    assert (plan.sheet.x.title, plan.sheet.x.labels) == ("Steps", ("10", "20", "30"))
    assert (plan.sheet.y.title, plan.sheet.y.labels) == ("Cfg scale", ("1", "7"))
    assert plan.sheet.sources == ()
    assert plan.notices == ()


def test_one_axis_is_a_grid_of_one_row() -> None:
    plan = grid(("steps", "10-12"))
    assert [spec.steps for spec in plan.specs] == [10, 11, 12]
    assert plan.sheet.y is None


def test_one_value_is_a_grid_of_one_cell() -> None:
    plan = grid(("steps", "10"))
    assert len(plan.specs) == 1


def test_a_seed_unsaid_is_drawn_once_for_all_cells() -> None:
    assert {spec.seed for spec in grid(("steps", "1-5"), ("guidance", "1-5")).specs} == {100}


def test_a_seed_said_stays_zero_too() -> None:
    assert {spec.seed for spec in grid(("steps", "1-5"), seed=0).specs} == {0}


def test_each_cell_is_one_picture_whatever_count_is_asked() -> None:
    assert len(grid(("steps", "1-5"), count=16).specs) == 5


def test_what_no_axis_says_is_as_asked() -> None:
    (spec,) = grid(("guidance", "7"), seed=5, width=192, sampler="DDIM", steps=9).specs
    (alone,) = replace(BASE, seed=5, width=192, sampler="DDIM", steps=9, guidance=7.0).resolve(
        DEMO, lambda: 0
    )
    assert spec == alone


def test_every_axis_makes_cells_that_differ() -> None:
    values = {
        "Seed": "1, 2",
        "Steps": "1, 2",
        "Cfg scale": "1, 2",
        "Sampler": "Euler, Heun",
        "Schedule": "Automatic, Karras",
        "Size": "128x128, 192x128",
        "Prompt S/R": "cat, dog",
        "Prompt": "a cat, a dog",
        "What to avoid": "cat, dog",
        "Model": "demo, own/large",
        "Variation strength": "0, 1",
        "LoRA": "none, ink",
        "LoRA weight": "0.4, 0.8",
    }
    assert tuple(values) == AXES
    base = replace(BASE, prompt=f"{BASE.prompt}<lora:ink:1>", emphasis=True)
    for name, text in values.items():
        axis = AxisRequest(name=name, values=text)
        one, other = plan_grid(
            base, axis, describe=describe, draw_seed=counting(), find_adapters=inked
        ).specs
        assert one != other, name


def test_a_wide_picture_and_a_tall_one() -> None:
    specs = grid(("size", "192x128, 128x192")).specs
    assert [(spec.width, spec.height) for spec in specs] == [(192, 128), (128, 192)]


def test_texts_are_replaced_in_the_prompt_of_each_cell() -> None:
    prompts = ("prompt", "a cat\na cat, asleep")
    search = ("prompt s/r", "cat, dog")
    expected = ["a cat", "a cat, asleep", "a dog", "a dog, asleep"]
    assert [spec.prompt for spec in grid(prompts, search).specs] == expected
    assert sorted(spec.prompt for spec in grid(search, prompts).specs) == sorted(expected)


def test_the_text_searched_for_must_be_in_each_prompt() -> None:
    with pytest.raises(UserError, match="“cat” is not in the prompt") as fault:
        grid(("prompt s/r", "cat, dog"), ("prompt", "a cat, a bird"))
    assert "a bird" in fault.value.hint


def test_prompts_of_an_axis_need_no_other_prompt() -> None:
    assert [spec.prompt for spec in grid(("prompt", "a cat, a dog"), prompt="").specs] == [
        "a cat",
        "a dog",
    ]


def test_strengths_share_one_variation_seed_and_zero_is_the_plain_picture() -> None:
    plain, *others = grid(("variation strength", "0-1 [3]")).specs
    assert plain.variation is None
    assert [one.variation for one in others] == [
        Variation(seed=101, strength=0.5),
        Variation(seed=101, strength=1.0),
    ]
    assert {spec.seed for spec in (plain, *others)} == {100}


def test_a_variation_seed_said_stays() -> None:
    specs = grid(("variation_strength", "0.5"), ("seed", "1-3"), variation_seed=0).specs
    assert {spec.variation for spec in specs} == {Variation(seed=0, strength=0.5)}
    assert [spec.seed for spec in specs] == [1, 2, 3]


def test_all_cells_share_the_variation_of_the_request() -> None:
    specs = grid(("steps", "1-3"), variation_strength=0.25).specs
    assert {spec.variation for spec in specs} == {Variation(seed=101, strength=0.25)}


def test_each_model_has_its_own_defaults() -> None:
    demo, large = grid(("model", "demo, own/large")).specs
    assert (demo.width, demo.steps, demo.sampler, demo.model.id) == (128, 20, "Euler", "demo")
    assert (large.width, large.steps, large.sampler) == (512, 30, "DDIM")
    assert demo.seed == large.seed


def test_a_picture_read_as_it_was_keeps_that_to_its_model() -> None:
    then = Correction(clip_skip=2)
    base = replace(BASE, model="demo", correction=then)
    demo, large = plan_grid(
        base,
        AxisRequest(name="model", values="demo, own/large"),
        describe=lambda model: replace(describe(model), corrections=("clip_skip",)),
        draw_seed=lambda: 0,
    ).specs
    assert (demo.correction, large.correction) == (then, NOTHING)


def test_a_model_among_others_dreams_without_what_it_has_not_and_that_is_said() -> None:
    plan = grid(("model", "demo, own/turbo"), guidance=5.0, negative_prompt="fog")
    demo, turbo = plan.specs
    assert (demo.guidance, demo.negative_prompt) == (5.0, "fog")
    assert (turbo.guidance, turbo.negative_prompt) == (1.0, "")
    assert plan.notices == ("turbo has no cfg scale and no negative prompt, and dreams without.",)


def test_an_axis_of_what_one_model_has_not_is_refused_with_its_name() -> None:
    with pytest.raises(UserError, match=r"With the model own/turbo, the model .* no cfg scale"):
        grid(("model", "demo, own/turbo"), ("guidance", "1, 5"))
    with pytest.raises(UserError, match="has no cfg scale"):
        grid(("seed", "1, 2"), model="own/turbo", guidance=5.0)


def test_an_axis_of_models_needs_no_other_model() -> None:
    assert len(grid(("model", "demo, own/large"), model=None).specs) == 2


def test_each_model_is_looked_at_once() -> None:
    asked: list[str] = []

    def tell(model: str) -> ModelInfo:
        asked.append(model)
        return describe(model)

    plan_grid(
        BASE,
        AxisRequest(name="model", values="demo, own/large"),
        AxisRequest(name="steps", values="1-9"),
        describe=tell,
        draw_seed=lambda: 0,
    )
    assert asked == ["demo", "own/large"]


def test_an_unknown_model_in_a_list_is_named() -> None:
    with pytest.raises(UserError, match="no model called “other”"):
        grid(("model", "demo, other"))


def test_a_size_that_one_model_cannot_make_names_the_model() -> None:
    with pytest.raises(UserError) as fault:
        grid(("model", "demo, own/large"), width=128, height=128)
    assert fault.value.message == (
        "With the model own/large, the width must be a whole number from 256 to 1,024; “128” is too small."
    )


def test_an_unknown_sampler_in_a_list_is_named() -> None:
    with pytest.raises(UserError, match="no sampler called “Eular”") as fault:
        grid(("sampler", "Euler, Eular"))
    assert "Euler a" in fault.value.hint


def test_a_sampler_that_one_model_has_not_is_named_with_the_model() -> None:
    with pytest.raises(UserError, match=r"With the model own/large, there is no sampler .*“Heun”"):
        grid(("sampler", "DDIM, Heun"), ("model", "demo, own/large"))


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("steps", "10, 0", "“0”"),
        ("steps", "10, 151", "“151”"),
        ("guidance", "7, 31", "“31.0”"),
        ("guidance", "-1", "“-1.0”"),
        ("seed", "1, 4294967296", "“4294967296”"),
        ("seed", "-1", "“-1”"),
        ("seed", "9" * 30, "9999"),
        ("size", "128x128, 100x128", "100"),
        ("size", "128x9999", "“9999”"),
        ("variation strength", "0, 2", "“2.0”"),
        ("prompt", "x" * 2001, "2,001"),
    ],
)
def test_a_value_that_cannot_be_is_shown(name: str, values: str, said: str) -> None:
    with pytest.raises(UserError) as fault:
        grid((name, values))
    assert said in fault.value.message


def test_a_grid_as_large_as_it_may_be() -> None:
    assert len(grid(("steps", "1-20"), ("seed", "1-20")).specs) == MAX_CELLS


@pytest.mark.parametrize(
    ("x", "y", "cells"), [("1-100", "1-100", "10,000"), ("1-21", "1-20", "420")]
)
def test_too_many_cells_are_refused_with_their_number(x: str, y: str, cells: str) -> None:
    with pytest.raises(UserError, match=f"would have {cells} cells, and at most 400 are made"):
        grid(("steps", x), ("seed", y))


@pytest.mark.parametrize("name", ["steps", "STEPS", " steps "])
def test_an_axis_equal_to_the_other_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="Both axes are Steps"):
        grid(("Steps", "1-3"), (name, "4-5"))


@pytest.mark.parametrize("values", ["", "10-1", "1-10000000000", "many"])
def test_a_bad_axis_is_refused_on_either_side(values: str) -> None:
    with pytest.raises(UserError):
        grid(("steps", values), ("seed", "1"))
    with pytest.raises(UserError):
        grid(("seed", "1"), ("steps", values))


def test_a_bad_seed_is_refused() -> None:
    with pytest.raises(UserError, match="seed"):
        grid(("steps", "1-3"), seed="soon")


# What is worth knowing


def test_samplers_that_change_the_composition_with_the_steps_are_named() -> None:
    plan = grid(("steps", "10, 20"), ("sampler", "Euler, Euler a, DPM++ SDE, LCM"))
    assert plan.notices == (
        "Euler a, DPM++ SDE and LCM change the composition when the steps change. DPM++ 2M keeps it.",
    )


def test_the_sampler_that_keeps_it_is_one_that_the_model_has() -> None:
    plan = grid(("steps", "10, 20"), model="own/large", sampler="Euler a")
    assert plan.notices == (
        "Euler a changes the composition when the steps change. DDIM keeps it.",
    )


@pytest.mark.parametrize(("name", "values"), [("seed", "1-5"), ("steps", "20")])
def test_where_the_steps_stay_there_is_nothing_to_say(name: str, values: str) -> None:
    assert grid((name, values), sampler="Euler a").notices == ()


def test_equal_values_are_told_of() -> None:
    assert len(grid(("steps", "5, 5, 6"), ("seed", "1, 1")).notices) == 2


# Walls


def wall(draft_steps: int | None = None, **asked: object) -> Plan:
    request = replace(BASE, **{"count": 16, **asked})  # type: ignore[arg-type]
    return plan_wall(request, DEMO, counting(), draft_steps=draft_steps)


def test_a_wall_counts_up_from_its_seed() -> None:
    plan = wall(seed=500)
    assert [spec.seed for spec in plan.specs] == list(range(500, 516))
    assert plan.sheet.kind is SheetKind.WALL
    assert plan.sheet.x is None
    assert plan.notices == ()


def test_a_wall_without_seed_begins_where_chance_says() -> None:
    assert [spec.seed for spec in wall(count=4).specs] == [100, 101, 102, 103]


@pytest.mark.parametrize("count", [4, 64])
def test_walls_may_be_small_and_large(count: int) -> None:
    assert len(wall(count=count).specs) == count


@pytest.mark.parametrize("count", [0, 3, 65, 10_000])
def test_other_walls_are_refused(count: int) -> None:
    with pytest.raises(UserError, match="a whole number from 4 to 64"):
        wall(count=count)


def test_a_wall_over_the_last_seed_says_so() -> None:
    plan = wall(seed=SEEDS - 2, count=4)
    assert [spec.seed for spec in plan.specs] == [SEEDS - 2, SEEDS - 1, 0, 1]
    assert "went on from 0" in plan.notices[0]


def test_a_draft_has_few_steps_and_is_else_the_same() -> None:
    full, draft = wall(seed=1).specs, wall(draft_steps=8, seed=1)
    assert draft.specs == tuple(replace(spec, steps=8) for spec in full)
    assert draft.notices == ()


def test_a_draft_names_a_sampler_that_does_not_keep_the_composition() -> None:
    (notice,) = wall(draft_steps=8, sampler="LCM").notices
    assert notice == "LCM changes the composition when the steps change. DPM++ 2M keeps it."


def test_a_draft_at_the_full_steps_changes_nothing() -> None:
    assert wall(draft_steps=20, sampler="LCM").notices == ()


def test_a_draft_of_no_steps_is_refused() -> None:
    with pytest.raises(UserError, match="steps"):
        wall(draft_steps=0)


# Refining


def test_refined_pictures_differ_in_nothing_but_their_steps() -> None:
    drafts = [kept(seed=3), kept(seed=9)]
    plan = plan_refined(drafts, steps=25, sources=("a", "b"))
    assert plan.specs == tuple(replace(spec, steps=25) for spec in drafts)
    assert plan.sheet.kind is SheetKind.REFINED
    assert plan.sheet.sources == ("a", "b")
    assert plan.notices == ()


def test_refining_names_samplers_that_do_not_keep_the_composition() -> None:
    drafts = [kept(sampler="Euler a"), kept(sampler="Euler"), kept(sampler="LCM", steps=25)]
    (notice,) = plan_refined(drafts, steps=25, sources="abc").notices
    assert notice == "Euler a changes the composition when the steps change. DPM++ 2M keeps it."


def test_nothing_kept_cannot_be_refined() -> None:
    with pytest.raises(UserError, match="No picture is kept"):
        plan_refined((), steps=25, sources=())


@pytest.mark.parametrize("steps", [0, 151, "many", None])
def test_refining_needs_steps(steps: object) -> None:
    with pytest.raises(UserError, match="steps must be"):
        plan_refined([kept()], steps=steps, sources=("a",))


def test_refining_at_the_same_steps_says_that_it_changes_nothing() -> None:
    (notice,) = plan_refined([kept(sampler="LCM")], steps=8, sources=("a",)).notices
    assert "have 8 steps already" in notice


# Variations


def vary(spec: PictureSpec | None = None, **asked: object) -> Plan:
    spec = kept() if spec is None else spec
    return plan_variations(spec, source="p", draw_seed=counting(), **asked)  # type: ignore[arg-type]


def test_variation_seeds_count_up_and_the_seed_stays() -> None:
    plan = vary(count=3, strength=0.25, seed=40)
    assert plan.specs == tuple(
        kept(variation=Variation(seed=seed, strength=0.25)) for seed in (40, 41, 42)
    )
    assert plan.sheet.kind is SheetKind.VARIATIONS
    assert plan.sheet.x is not None
    assert (plan.sheet.x.title, plan.sheet.x.labels) == ("Variation seed", ("40", "41", "42"))
    assert plan.sheet.sources == ("p", "p", "p")


def test_a_variation_seed_unsaid_is_drawn() -> None:
    assert [spec.variation.seed for spec in vary(count=2).specs if spec.variation] == [100, 101]


def test_a_row_of_strengths_has_one_variation_seed() -> None:
    plan = vary(strengths="0-1 [3], 0.1")
    assert [spec.variation for spec in plan.specs] == [
        None,
        Variation(seed=100, strength=0.5),
        Variation(seed=100, strength=1.0),
        Variation(seed=100, strength=0.1),
    ]
    assert plan.sheet.x is not None
    assert (plan.sheet.x.title, plan.sheet.x.labels) == ("Strength", ("0", "0.5", "1", "0.1"))


def test_strength_zero_is_the_kept_picture() -> None:
    assert vary(strengths="0").specs == (kept(),)


def test_the_variation_of_the_kept_picture_is_replaced_and_that_is_said() -> None:
    varied = kept(variation=Variation(seed=1, strength=0.9))
    plan = vary(varied, strengths="0, 0.5", seed=2)
    assert [spec.variation for spec in plan.specs] == [None, Variation(seed=2, strength=0.5)]
    assert "variation itself" in plan.notices[0]


def test_a_row_of_strengths_around_a_variation_goes_through_it() -> None:
    varied = kept(variation=Variation(seed=77, strength=0.4))
    plan = vary(varied, strengths="0-1 [6]")
    assert varied in plan.specs
    assert "at strength 0.4" in plan.notices[0]


def test_variation_seeds_go_on_from_zero_after_the_last_and_that_is_said() -> None:
    plan = vary(count=2, seed=SEEDS - 1)
    assert [spec.variation.seed for spec in plan.specs if spec.variation] == [SEEDS - 1, 0]
    assert "went on from 0" in plan.notices[0]


@pytest.mark.parametrize("count", [0, 1, 17, "some"])
def test_a_row_has_two_to_sixteen_variation_seeds(count: object) -> None:
    with pytest.raises(UserError, match="from 2 to 16"):
        vary(count=count)


@pytest.mark.parametrize("strength", [-0.1, 1.5, "strong"])
def test_a_strength_lies_between_zero_and_one(strength: object) -> None:
    with pytest.raises(UserError, match="variation strength must be a number from 0 to 1"):
        vary(count=2, strength=strength)


def test_variation_seeds_at_strength_zero_would_all_be_the_same() -> None:
    with pytest.raises(UserError, match="the picture itself"):
        vary(count=2, strength=0)


@pytest.mark.parametrize(
    ("strengths", "said"),
    [
        ("", "no values"),
        ("0-2 [3]", "“2”"),
        ("1-0", "backwards"),
        ("0-1 [65]", "65 strengths"),
        ("0-1 [401]", "at most 400"),
        ("weak", "neither"),
    ],
)
def test_bad_strengths_are_refused(strengths: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        vary(strengths=strengths)


def test_a_bad_variation_seed_is_refused() -> None:
    with pytest.raises(UserError, match="seed"):
        vary(count=2, seed="-1")


def test_loras_and_their_weights_are_axes() -> None:
    base = replace(BASE, emphasis=True)
    x, y = (
        AxisRequest(name="LoRA", values="none, ink"),
        AxisRequest(name="LoRA weight", values="0.5, 1"),
    )
    plan = plan_grid(
        base, x, y, describe=lambda model: DEMO, draw_seed=lambda: 7, find_adapters=inked
    )
    weights = [[one.weight for one in spec.adapters] for spec in plan.specs]
    assert weights == [[], [0.5], [], [1.0]]
    with pytest.raises(UserError, match="no LoRA in the prompt whose weight"):
        plan_grid(base, y, describe=lambda model: DEMO, draw_seed=lambda: 7, find_adapters=inked)
    with pytest.raises(UserError, match="no LoRA called “ink” here"):
        plan_grid(base, x, describe=lambda model: DEMO, draw_seed=lambda: 7)


def test_each_of_a_wall_has_what_its_prompt_asks_for() -> None:
    asked = replace(BASE, prompt="a cat<lora:ink:0.5>", emphasis=True, count=4)
    plan = plan_wall(asked, DEMO, lambda: 7, find_adapters=inked)
    assert [len(spec.adapters) for spec in plan.specs] == [1] * 4
