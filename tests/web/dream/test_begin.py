"""What the Dream button begins, and what Reuse takes over, by name."""

import math
from dataclasses import asdict, replace
from typing import Any

import pytest

from sdgui.correction import Correction, read_correction
from sdgui.errors import UserError
from sdgui.model_info import ModelInfo, ModelRef
from sdgui.people import Who
from sdgui.web.dream.begin import begin
from sdgui.web.shared.settings.controls import Controls, default_controls
from sdgui.web.shared.settings.reuse import reused
from tests.people import who
from tests.samples import inked
from tests.web.conftest import Site

ANN = Who(visitor="ann")


@pytest.fixture
def controls(site: Site) -> Controls:
    return replace(default_controls(site.studio.models.describe("demo")), prompt="a cat", steps=2)


def dream(
    site: Site, controls: Controls, locked: bool = False
) -> tuple[dict[str, Any], str | None]:
    """What is told, and the seed that is to be shown."""
    told = begin(site.studio, ANN, asdict(controls) | {"lock": locked})
    return told, told.get("values", {}).get("seed")


def test_a_click_queues_one_dream(site: Site, controls: Controls) -> None:
    told, seed = dream(site, controls)
    job = site.store.job(told["job"], "ann")
    assert job is not None and len(job.tasks) == 4
    assert seed == ""


def test_the_lock_keeps_the_seed_that_was_drawn(site: Site, controls: Controls) -> None:
    told, seed = dream(site, controls, locked=True)
    job = site.store.job(told["job"], "ann")
    assert job is not None and seed == str(job.tasks[0].spec.seed)


def test_brackets_weigh_unless_the_switch_is_off_and_reuse_keeps_it(
    site: Site, controls: Controls
) -> None:
    for emphasis in (True, False):
        asked = replace(controls, prompt="(red:1.4) boat BREAK sea", emphasis=emphasis)
        told, _seed = dream(site, asked)
        job = site.store.job(told["job"], "ann")
        assert job is not None
        made = job.tasks[0].spec
        assert (made.emphasis, made.chunks) == (emphasis, 2 if emphasis else 1)
        again = reuse(site, "ann", job=job.id, index=0)
        assert again["values"]["emphasis"] is emphasis
    assert controls.emphasis is True


def test_a_run_over_the_last_seed_is_said(site: Site, controls: Controls) -> None:
    told, _ = dream(site, replace(controls, seed=str(2**32 - 1)))
    assert "went on from 0" in told["notice"]


WRONG: list[dict[str, Any]] = [
    {"prompt": ""},
    {"prompt": "   \n"},
    {"prompt": "x" * 10_000},
    {"prompt": "a\0b"},
    {"prompt": None},
    {"prompt": 5},
    {"negative_prompt": ["x"]},
    {"steps": 0},
    {"steps": 10_000},
    {"steps": 2.5},
    {"steps": "many"},
    {"aspect": "W×H", "width": 7},
    {"aspect": "W×H", "width": 100_000},
    {"aspect": "W×H", "width": 65},
    {"aspect": "W×H", "height": math.nan},
    {"aspect": ["1:1"], "width": "wide"},
    {"guidance": math.nan},
    {"guidance": -1},
    {"guidance": 31},
    {"guidance": {}},
    {"seed": "-1"},
    {"seed": str(2**32)},
    {"seed": str(2**63)},
    {"seed": "abc"},
    {"seed": ["1"]},
    {"count": 0},
    {"count": 1000},
    {"sampler": "Nope"},
    {"sampler": ["Euler"]},
    {"model": "/etc"},
    {"model": "someone/else"},
    {"model": ["demo"]},
    {"model": {"a": 1}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_cannot_be_dreamt_is_said_in_a_sentence(
    site: Site, controls: Controls, wrong: dict[str, Any]
) -> None:
    told, _ = dream(site, replace(controls, **wrong))
    assert told.get("error", "").endswith("."), told
    assert "wrong on our side" not in told["error"]
    assert len(told["error"]) < 200
    assert "job" in dream(site, controls)[0]


@pytest.mark.parametrize(
    "prompt", ["🐈 in the 🌧️", "قطة حمراء", "<script>alert(1)</script>", "a\tb\nc"]
)
def test_any_text_can_be_dreamt(site: Site, controls: Controls, prompt: str) -> None:
    assert "job" in dream(site, replace(controls, prompt=prompt))[0]


def test_a_fault_of_ours_shows_no_traceback(
    site: Site, controls: Controls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(site.studio, "submit", broken)
    told, _ = dream(site, controls)
    assert "wrong on our side" in told["error"] and "secret" not in str(told)


def test_what_is_not_said_is_the_models_own(site: Site) -> None:
    told = begin(site.studio, ANN, {"prompt": "a cat", "negative_prompt": "", "count": 1})
    job = site.store.job(told["job"], "ann")
    info = site.studio.models.describe("demo")
    assert job is not None
    spec = job.tasks[0].spec
    assert (spec.steps, spec.sampler, spec.width) == (info.steps, info.sampler, info.width)


@pytest.mark.parametrize("body", [{}, {"values": None}, {"values": ["a cat"]}, {"values": {}}])
def test_a_click_without_settings_is_told_in_a_sentence(site: Site, body: Any) -> None:
    told = site.visitor().post("/dreams", json=body).raise_for_status().json()
    assert told["error"].endswith(".") and "wrong on our side" not in told["error"]


def test_the_route_begins_a_dream_of_who_asks(site: Site) -> None:
    ann = site.visitor()
    told = ann.post(
        "/dreams", json={"values": {"prompt": "a cat", "negative_prompt": "", "count": 2}}
    ).json()
    assert ann.get(f"/dreams/{told['job']}").status_code == 200
    assert site.visitor().get(f"/dreams/{told['job']}").status_code == 404


def reuse(site: Site, visitor: str, **asked: Any) -> dict[str, Any]:
    return reused(site.studio, site.store, who(visitor), asked, of_sheet=lambda sheet, count: {})


def test_reuse_sets_the_controls_to_what_made_the_dream(site: Site, controls: Controls) -> None:
    wanted = replace(
        controls, guidance=2.5, sampler="Heun", seed="77", negative_prompt="fog", count=3
    )
    told, _ = dream(site, wanted)
    values = reuse(site, "ann", job=told["job"], index=1, seed=False)["values"]
    assert values == asdict(replace(wanted, seed="")) | {"lock": False}
    values = reuse(site, "ann", job=told["job"], index=1, seed=True)["values"]
    assert values == asdict(replace(wanted, seed="78")) | {"lock": True}


@pytest.mark.parametrize("asked", [{}, {"job": "x"}, {"job": ["x"], "index": {}}])
def test_reuse_of_what_is_not_there_is_said(site: Site, asked: dict[str, Any]) -> None:
    assert "not here any more" in reuse(site, "ann", **asked)["error"]


def test_reuse_of_a_dream_whose_model_is_broken_now_is_said(
    site: Site, controls: Controls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(model: str) -> None:
        raise UserError("Its weights are damaged.", "Copy it anew.")

    told, _ = dream(site, controls)
    monkeypatch.setattr(site.studio.models, "describe", broken)
    said = reuse(site, "ann", job=told["job"], index=0)
    assert said == {"error": "Its weights are damaged.", "hint": "Copy it anew."}


def test_reuse_takes_a_lora_over_and_tells_where_it_changed(
    site: Site, controls: Controls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of a model that reads brackets plainly, whose specs say nothing of emphasis."""
    models: Any = site.studio.models
    monkeypatch.setattr(models, "find_adapters", inked)
    monkeypatch.setattr(models, "info", replace(models.info, emphasis=False))
    told, _ = dream(site, replace(controls, prompt="a cat<lora:ink:0.5>", emphasis=True))
    job = site.store.job(told["job"], "ann")
    assert job is not None
    assert [one.ref.id for one in job.tasks[0].spec.adapters] == ["ink"]
    said = reuse(site, "ann", job=told["job"], index=0)
    assert "notice" not in said
    values = said["values"]
    assert (values["prompt"], values["emphasis"]) == ("a cat<lora:ink:0.5>", True)

    def changed(adapters: object) -> None:
        raise UserError("The LoRA “ink” changed.", "Dream it again.")

    monkeypatch.setattr(models, "check_adapters", changed)
    said = reuse(site, "ann", job=told["job"], index=0)
    assert said["notice"] == "The LoRA “ink” changed."
    assert said["values"] == values


def test_reuse_has_the_model_read_as_it_was_for_the_picture(
    site: Site, controls: Controls, monkeypatch: pytest.MonkeyPatch
) -> None:
    models: Any = site.studio.models

    def own(correction: Correction) -> None:
        info = replace(models.info, correction=correction, corrections=("clip_skip", "vae"))
        monkeypatch.setattr(models, "info", info)

    then = Correction(clip_skip=2, vae=ModelRef(id="mse", hash="ee" * 32))
    own(then)
    told, _ = dream(site, replace(controls, seed="7", count=1))
    again = {"job": told["job"], "index": 0, "seed": True}
    assert reuse(site, "ann", **again)["values"]["correction"] == ""  # as it is read anyhow
    own(Correction())
    values = reuse(site, "ann", **again)["values"]
    told = begin(site.studio, who("ann"), values)
    made, before = (site.store.job(one, "ann") for one in (told["job"], again["job"]))
    assert made is not None and before is not None
    assert made.tasks[0].spec == before.tasks[0].spec and made.tasks[0].spec.correction == then
    plain, _ = dream(site, controls)
    own(then)
    values = reuse(site, "ann", job=plain["job"], index=0)["values"]
    assert read_correction(values["correction"]) == Correction()


def test_reuse_says_that_a_vae_is_gone(
    site: Site, controls: Controls, monkeypatch: pytest.MonkeyPatch
) -> None:
    models: Any = site.studio.models
    vae = ModelRef(id="mse", hash="ee" * 32)
    info = replace(models.info, correction=Correction(vae=vae), corrections=("vae",))
    monkeypatch.setattr(models, "info", info)
    told, _ = dream(site, controls)

    def gone(vae: ModelRef, model: ModelInfo) -> None:
        raise UserError(f"There is no VAE called “{vae.id}” here.")

    monkeypatch.setattr(models, "check_vae", gone)
    said = reuse(site, "ann", job=told["job"], index=0)
    assert said["notice"] == "There is no VAE called “mse” here."
    refused, _ = dream(site, controls)
    assert refused["error"] == "There is no VAE called “mse” here."


def test_reuse_of_anothers_dream_is_refused(site: Site, controls: Controls) -> None:
    told, _ = dream(site, controls)
    assert "error" in reuse(site, "bob", job=told["job"], index=0)
