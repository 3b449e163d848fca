"""What Compare begins, from the page's settings by name."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import httpx
import pytest

from sdgui.correction import Correction
from sdgui.model_info import ModelRef
from sdgui.people import Allowance, Policy, Role, Who
from sdgui.records import JobRecord
from sdgui.sheet import SheetKind
from sdgui.spec import Variation
from sdgui.web.compare import controls as compare_controls
from sdgui.web.compare.begin import CompareBegin
from sdgui.web.compare.controls import CompareControls
from sdgui.web.shared.settings.controls import Controls, default_controls
from sdgui.web.shared.settings.reuse import reused as reuse
from tests.web.conftest import COMPARE, Site, visitor_in

GRID = replace(COMPARE, mode="grid")
ROW = replace(COMPARE, mode="variations")


@pytest.fixture
def begin(site: Site) -> CompareBegin:
    return CompareBegin(site.studio, site.store)


@pytest.fixture
def controls(site: Site) -> Controls:
    return replace(default_controls(site.studio.models.describe("demo")), prompt="a cat", steps=4)


class Ann:
    """A visitor who clicks."""

    def __init__(self, site: Site, begin: CompareBegin, controls: Controls) -> None:
        self.site = site
        self.client: httpx.Client = site.visitor()
        self.id = visitor_in(self.client.cookies)
        self.who = Who(visitor=self.id)
        self.controls = controls
        self._begin = begin

    def click(
        self,
        compare: CompareControls,
        locked: bool = False,
        controls: Controls | None = None,
        **asked: Any,
    ) -> tuple[dict[str, Any], str | None]:
        """What is told, and the seed that is to be shown; None where it is left as it is."""
        values = values_of(self.controls if controls is None else controls, compare)
        told = self._begin.dream(self.who, {"values": values | {"lock": locked}, **asked})
        return told, told.get("values", {}).get("seed")

    def job(self, told: dict[str, Any]) -> JobRecord:
        """What was begun, once it has ended."""
        job = self.site.store.job(told["job"], self.id)
        assert job is not None
        self.site.wait(job)
        return self.site.stored(job)


@pytest.fixture
def ann(site: Site, begin: CompareBegin, controls: Controls) -> Ann:
    return Ann(site, begin, controls)


def values_of(controls: Controls, compare: CompareControls) -> dict[str, Any]:
    """The page's settings by name."""
    return asdict(controls) | asdict(compare)


def test_a_wall_has_as_many_seeds_as_asked(ann: Ann) -> None:
    told, seed = ann.click(
        replace(COMPARE, wall_count=5.0), controls=replace(ann.controls, seed="500")
    )
    job = ann.job(told)
    assert job.sheet is not None and job.sheet.kind is SheetKind.WALL
    assert [task.spec.seed for task in job.tasks] == [500, 501, 502, 503, 504]
    assert {task.spec.steps for task in job.tasks} == {4}
    assert seed == ""


def test_a_draft_takes_the_steps_of_drafts(ann: Ann) -> None:
    job = ann.job(ann.click(replace(COMPARE, draft=True))[0])
    assert {task.spec.steps for task in job.tasks} == {2}


def test_a_draft_with_a_sampler_that_changes_the_composition_is_named(ann: Ann) -> None:
    told, _ = ann.click(
        replace(COMPARE, draft=True), controls=replace(ann.controls, sampler="Euler a")
    )
    assert "Euler a changes the composition" in told["notice"]


def test_a_locked_seed_stays_and_one_that_was_drawn_is_shown(ann: Ann) -> None:
    told, seed = ann.click(COMPARE, locked=True)
    assert seed == str(ann.job(told).tasks[0].spec.seed)
    _, seed = ann.click(COMPARE, locked=True, controls=replace(ann.controls, seed="7"))
    assert seed is None


def test_an_axis_of_seeds_leaves_the_locked_seed_alone(ann: Ann) -> None:
    compare = replace(GRID, x_axis="Seed", x_values="1-4")
    _, seed = ann.click(compare, locked=True, controls=replace(ann.controls, seed="500"))
    assert seed is None


def test_seeds_that_run_over_the_last_one_are_said(ann: Ann) -> None:
    told, _ = ann.click(COMPARE, controls=replace(ann.controls, seed=str(2**32 - 1)))
    assert "went on from 0" in told["notice"]


def test_variations_go_round_the_chosen_picture(ann: Ann) -> None:
    base = ann.site.dream(ann.client, seed=7, steps=3).tasks[0].id
    told, seed = ann.click(replace(ROW, vary_seed="90"), locked=True, picture=base)
    job = ann.job(told)
    assert seed is None
    assert [task.spec.variation for task in job.tasks] == [
        Variation(seed=s, strength=0.4) for s in (90, 91, 92)
    ]
    assert {(task.spec.seed, task.spec.steps) for task in job.tasks} == {(7, 3)}
    assert job.sheet is not None and job.sheet.sources == (base,) * 3


def test_what_goes_out_from_a_picture_is_read_as_the_picture_was(
    ann: Ann, monkeypatch: pytest.MonkeyPatch
) -> None:
    models: Any = ann.site.studio.models
    then = Correction(clip_skip=2, vae=ModelRef(id="mse", hash="ee" * 32))
    now = models.info
    own = replace(now, correction=then, corrections=("clip_skip", "vae"))
    monkeypatch.setattr(models, "info", own)
    base = ann.site.dream(ann.client, seed=7, steps=3).tasks[0].id
    monkeypatch.setattr(models, "info", now)
    varied, _ = ann.click(ROW, picture=base)
    asked = {"values": values_of(ann.controls, ROW), "pictures": [base]}
    told = ann._begin.refine(ann.who, asked)
    for job in (ann.job(varied), ann.job(told)):
        assert {task.spec.correction for task in job.tasks} == {then}


def test_a_row_of_strengths_begins_with_the_picture_itself(ann: Ann) -> None:
    base = ann.site.dream(ann.client, seed=7).tasks[0].id
    told, _ = ann.click(replace(ROW, vary_by="Strengths", vary_seed="9"), picture=base)
    variations = [task.spec.variation for task in ann.job(told).tasks]
    assert variations == [None, Variation(seed=9, strength=0.5), Variation(seed=9, strength=1.0)]


@pytest.mark.parametrize("picture", [None, "", 0])
def test_variations_of_no_picture_are_asked_to_choose_one(ann: Ann, picture: Any) -> None:
    told, _ = ann.click(ROW, picture=picture)
    assert told["error"] == "Choose a picture first." and told["hint"]


def test_variations_of_anothers_picture_are_refused(ann: Ann) -> None:
    foreign = ann.site.dream(ann.site.visitor()).tasks[0].id
    told, _ = ann.click(ROW, picture=foreign)
    assert "not here any more" in told["error"]


def test_a_grid_is_labelled_and_goes_row_by_row(ann: Ann) -> None:
    told, _ = ann.click(replace(GRID, y_axis="Cfg scale", y_values="3, 7"))
    job = ann.job(told)
    assert job.sheet is not None and job.sheet.kind is SheetKind.GRID
    assert job.sheet.x is not None and job.sheet.x.labels == ("2", "3")
    assert job.sheet.y is not None and job.sheet.y.labels == ("3", "7")
    cells = [(task.spec.steps, task.spec.guidance) for task in job.tasks]
    assert cells == [(2, 3.0), (3, 3.0), (2, 7.0), (3, 7.0)]


def test_a_grid_of_strengths_has_the_variation_seed_that_is_asked(ann: Ann) -> None:
    compare = replace(GRID, x_axis="Variation strength", x_values="0.5, 1", vary_seed="77")
    told, _ = ann.click(compare)
    assert {task.spec.variation and task.spec.variation.seed for task in ann.job(told).tasks} == {
        77
    }


def test_a_grid_of_prompts_is_not_titled_by_its_first(ann: Ann) -> None:
    compare = replace(
        GRID, x_axis="Prompt", x_values="a cat\na boat", y_axis="Seed", y_values="1, 2"
    )
    told, _ = ann.click(compare)
    shown = ann.client.get("/sheets").json()["dreams"][0]
    assert (shown["id"], shown["title"]) == (told["job"], "Seed × 2 prompts")


def test_a_large_grid_asks_first_and_begins_once_it_is_confirmed(ann: Ann) -> None:
    compare = replace(GRID, x_axis="Seed", x_values="1-65")
    told, seed = ann.click(compare)
    assert told["confirm"]["cells"] == 65 and seed is None
    assert not ann.site.store.jobs(ann.id)
    told, _ = ann.click(compare, confirmed=True)
    assert len(ann.job(told).tasks) == 65


WRONG: list[CompareControls] = [
    replace(COMPARE, wall_count=3),
    replace(COMPARE, wall_count=65),
    replace(COMPARE, wall_count="many"),
    replace(COMPARE, draft=True, draft_steps=0),
    replace(COMPARE, draft=True, draft_steps=["x"]),
    replace(ROW, vary_seed="-1"),
    replace(ROW, vary_count=1),
    replace(ROW, vary_count=None),
    replace(ROW, vary_strength=0),
    replace(ROW, vary_strength=float("nan")),
    replace(ROW, vary_by="Strengths", vary_strengths="0-2"),
    replace(ROW, vary_by="Strengths", vary_strengths=""),
    replace(ROW, vary_by="Strengths", vary_strengths=None),
    replace(GRID, x_axis="Mood"),
    replace(GRID, x_axis=None),
    replace(GRID, x_axis=["Steps"]),
    replace(GRID, x_values=""),
    replace(GRID, x_values=5),
    replace(GRID, x_values="5-1"),
    replace(GRID, x_values="x" * 300_000),
    replace(GRID, y_axis="Steps", y_values="1, 2"),
    replace(GRID, x_axis="Seed", x_values="1-100", y_axis="Steps", y_values="1-100"),
    replace(GRID, x_axis="Prompt S/R", x_values="cow, dog"),
    replace(GRID, x_axis="Sampler", x_values="Euler, Nope"),
    replace(GRID, x_axis="Model", x_values="/etc/passwd"),
    replace(GRID, x_axis="Size", x_values="65x65"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_cannot_be_compared_is_said_in_a_sentence(ann: Ann, wrong: CompareControls) -> None:
    base = ann.site.dream(ann.client, steps=2).tasks[0].id
    if wrong.mode == "variations" and wrong.vary_count is None:
        assert "job" in ann.click(wrong, picture=base)[0]  # unsaid is the usual number
        return
    told, _ = ann.click(wrong, picture=base)
    assert told.get("error", "").endswith("."), told
    assert "wrong on our side" not in told["error"]
    assert len(told["error"]) < 200


def test_the_axis_that_is_wrong_is_named(ann: Ann, begin: CompareBegin) -> None:
    both = replace(GRID, y_axis="Seed", y_values="1, 2")
    faults = {
        "x_values": replace(both, x_values="5, abc"),
        "y_values": replace(both, y_values="9-3"),
        None: replace(both, x_axis="Seed", x_values="1-100", y_axis="Steps", y_values="1-100"),
    }
    for field, wrong in faults.items():
        for prompt in ("", "a cat"):  # before one is written, too
            told = begin.plan(
                ann.who, {"values": values_of(replace(ann.controls, prompt=prompt), wrong)}
            )
            assert told.get("field") == field, told
    told, _ = ann.click(both, controls=replace(ann.controls, prompt=""))
    assert "prompt" in told["error"] and "field" not in told


@pytest.mark.parametrize("prompt", ["", 5])
@pytest.mark.parametrize("compare", [COMPARE, GRID])
def test_a_sheet_of_no_prompt_is_refused(ann: Ann, compare: CompareControls, prompt: Any) -> None:
    told, _ = ann.click(compare, controls=replace(ann.controls, prompt=prompt))
    assert "prompt" in told["error"]


def test_a_model_that_is_not_offered_makes_no_sheet(ann: Ann) -> None:
    for compare in (COMPARE, GRID):
        told, _ = ann.click(compare, controls=replace(ann.controls, model="/etc"))
        assert "no model called" in told["error"]


# The plan's words


def plan(begin: CompareBegin, controls: Controls, compare: CompareControls) -> Any:
    return begin.plan(Who(visitor="ann"), {"values": values_of(controls, compare)})


@pytest.mark.parametrize("compare", [COMPARE, GRID])
def test_a_sheet_that_names_no_model_is_of_the_first(ann: Ann, compare: CompareControls) -> None:
    job = ann.job(ann.click(compare, controls=replace(ann.controls, model=None))[0])
    assert {task.spec.model.id for task in job.tasks} == {"demo"}


def test_a_plan_is_told_before_it_begins(ann: Ann, begin: CompareBegin) -> None:
    ann.site.dream(ann.client)  # so that the pace is known
    told = plan(begin, ann.controls, replace(GRID, y_axis="Seed", y_values="1-3"))
    assert told["cells"] == 6 and told["seconds"] >= 0 and told["notices"] == []


def test_a_plan_is_counted_before_there_is_a_prompt(ann: Ann, begin: CompareBegin) -> None:
    told = plan(begin, replace(ann.controls, prompt=" "), GRID)
    assert told["cells"] == 2


def test_a_plan_names_what_is_to_be_known(ann: Ann, begin: CompareBegin) -> None:
    told = plan(begin, replace(ann.controls, sampler="Euler a"), GRID)
    assert "Euler a changes the composition" in told["notices"][0]


def test_a_plan_that_cannot_be_says_why(ann: Ann, begin: CompareBegin) -> None:
    told = plan(begin, ann.controls, replace(GRID, x_values=""))
    assert "has no values" in told["error"] and told["hint"]


# Refining and varying from a wall


Act = Callable[..., dict[str, Any]]


def called(ann: Ann, act: Act, data: dict[str, Any]) -> dict[str, Any]:
    return act(ann.who, {"values": values_of(ann.controls, COMPARE), **data})


def test_the_kept_ones_are_refined_at_full_steps(ann: Ann, begin: CompareBegin) -> None:
    wall = ann.site.wall(ann.client)
    kept = [wall.tasks[2].id, wall.tasks[0].id]
    told = called(ann, begin.refine, {"job": wall.id, "pictures": [*kept, kept[0]]})
    job = ann.job(told)
    assert job.sheet is not None and job.sheet.kind is SheetKind.REFINED
    assert job.sheet.sources == tuple(kept)
    assert [(t.spec.seed, t.spec.steps) for t in job.tasks] == [(502, 4), (500, 4)]


@pytest.mark.parametrize(
    "data", [{}, {"pictures": []}, {"pictures": "x"}, {"pictures": [{}, "../x", 5]}]
)
def test_refining_nothing_is_said(ann: Ann, begin: CompareBegin, data: Any) -> None:
    assert called(ann, begin.refine, data)["error"] == "Keep some pictures first."


def test_pictures_of_two_walls_are_not_refined_together(ann: Ann, begin: CompareBegin) -> None:
    kept = [ann.site.wall(ann.client, prompt).tasks[0].id for prompt in ("a cat", "a boat")]
    assert "one wall" in called(ann, begin.refine, {"pictures": kept})["error"]


def test_anothers_pictures_are_not_refined(ann: Ann, begin: CompareBegin) -> None:
    foreign = ann.site.wall(ann.site.visitor()).tasks[0].id
    assert "error" in called(ann, begin.refine, {"pictures": [foreign]})


def test_v_varies_at_once(ann: Ann, begin: CompareBegin) -> None:
    base = ann.site.wall(ann.client).tasks[1].id
    job = ann.job(called(ann, begin.vary, {"picture": base}))
    assert job.sheet is not None and job.sheet.kind is SheetKind.VARIATIONS
    assert {task.spec.seed for task in job.tasks} == {501}


@pytest.mark.parametrize("data", [{}, {"picture": None}, {"picture": {"a": 1}}])
def test_varying_nothing_is_said(ann: Ann, begin: CompareBegin, data: Any) -> None:
    told = called(ann, begin.vary, data)
    assert told["error"].startswith(("Choose a picture", "That picture"))


def test_a_picture_whose_model_has_changed_is_neither_varied_nor_refined(
    ann: Ann, begin: CompareBegin, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = ann.site.wall(ann.client).tasks[1].id
    models = ann.site.studio.models
    now = models.describe("demo")
    changed = replace(now, ref=replace(now.ref, hash="ef" * 32))
    monkeypatch.setattr(models, "describe", lambda model: changed)
    for act, data in ((begin.vary, {"picture": base}), (begin.refine, {"pictures": [base]})):
        assert "has changed" in called(ann, act, data)["error"]


def reused(ann: Ann, **asked: Any) -> dict[str, Any]:
    site = ann.site
    told = reuse(site.studio, site.store, ann.who, asked, of_sheet=compare_controls.reused)
    return dict(told["values"])


def test_reuse_of_a_picture_of_a_sheet_leaves_the_number_of_images_alone(ann: Ann) -> None:
    wall = ann.site.wall(ann.client, count=20)
    values = reused(ann, job=wall.id, index=3, seed=True)
    assert "count" not in values and "wall_count" not in values
    assert (values["seed"], values["lock"]) == ("503", True)


def of_compare(values: dict[str, Any]) -> dict[str, Any]:
    own = CompareControls.__dataclass_fields__
    return {name: value for name, value in values.items() if name in own}


def test_reuse_of_a_grid_sets_its_axes(ann: Ann) -> None:
    told, _ = ann.click(replace(GRID, x_axis="Prompt", x_values="a cat, red\na boat"))
    assert of_compare(reused(ann, job=told["job"], index=0, sheet=True)) == {
        "mode": "grid",
        "x_axis": "Prompt",
        "x_values": '"a cat, red"\na boat',
        "y_axis": "Nothing",
    }


def test_reuse_of_a_wall_sets_how_many(ann: Ann) -> None:
    wall = ann.site.wall(ann.client, count=20)
    values = reused(ann, job=wall.id, index=0, sheet=True)
    assert of_compare(values) == {"mode": "wall", "wall_count": 20}


@pytest.fixture
def limits(site: Site) -> Iterator[Allowance]:
    """What guests may, on this site, while a test runs."""
    before = site.studio.policy
    guest = Allowance(steps=30, pixels=64 * 64, only=("demo",), pictures=3)
    site.studio.hold_to(Policy(guest=guest))
    yield guest
    site.studio.hold_to(before)


@pytest.mark.parametrize(
    ("axis", "values", "error", "use"),
    [
        ("Steps", "2, 40, 80", "up to 30 steps; 40 and 80 are more", ("Leave out 40, 80", "2")),
        ("Steps", "31-35", "up to 30 steps; 5 of these are more", ("Use 30", "30")),
        (
            *("Size", "64x64, 128x64", "up to 64 × 64 pixels, or as many in another shape; "),
            ("Leave out 128 × 64", "64 × 64"),
        ),
    ],
)
def test_what_of_an_axis_is_more_than_a_guest_may_have_is_said_at_it_before_it_is_dreamt(
    ann: Ann,
    begin: CompareBegin,
    limits: Allowance,
    axis: str,
    values: str,
    error: str,
    use: tuple[str, str],
) -> None:
    guest = replace(ann.who, role=Role.GUEST)
    grid = replace(GRID, x_axis="Seed", x_values="1, 2", y_axis=axis, y_values=values)
    asked = {"values": values_of(ann.controls, grid)}
    told = begin.plan(guest, asked)
    assert told["field"] == "y_values"
    assert error in told["error"]
    assert told["use"] == {"text": use[0], "values": use[1]}
    assert begin.dream(guest, asked) == told
    asked["values"]["y_values"] = use[1]
    assert begin.plan(guest, asked)["cells"] == 2
    assert "error" not in begin.plan(ann.who, {"values": values_of(ann.controls, grid)})


def test_a_grid_of_more_cells_than_a_guest_may_have_is_told_so_before_it_is_dreamt(
    ann: Ann, begin: CompareBegin, limits: Allowance
) -> None:
    guest = replace(ann.who, role=Role.GUEST)
    grid = replace(GRID, x_axis="Seed", x_values="1-4")
    told = begin.plan(guest, {"values": values_of(ann.controls, grid)})
    assert told["error"] == "Guests: up to 3 cells, and these are 4."


# Over HTTP


def test_the_routes_begin_plan_vary_and_refine(ann: Ann) -> None:
    def ask(address: str, **asked: Any) -> dict[str, Any]:
        return dict(ann.client.post(address, json=asked).raise_for_status().json())

    values = values_of(ann.controls, COMPARE)
    job = ann.job(ask("/sheets", values=values | {"seed": "500"}))
    assert job.tasks[0].spec.seed == 500
    assert ask("/sheets/plan", values=values | {"mode": "grid"})["cells"] == 2
    first = job.tasks[0].id
    assert len(ann.job(ask("/sheets/vary", values=values, picture=first)).tasks) == 3
    assert len(ann.job(ask("/sheets/refine", values=values, pictures=[first])).tasks) == 1
