"""The handlers of the Dream tab."""

import math
from dataclasses import astuple, replace
from typing import Any

import gradio as gr
import pytest
from fastapi import Request

from sdgui.errors import UserError
from sdgui.web.compare.events import CompareEvents
from sdgui.web.dream.events import Events
from sdgui.web.shared.controls import Controls, default_controls
from tests.web.conftest import COMPARE, Site


def asked_by(visitor: str) -> gr.Request:
    return gr.Request(Request({"type": "http", "headers": [], "state": {"visitor": visitor}}))


@pytest.fixture
def events(site: Site) -> Events:
    return Events(site.studio, site.store, CompareEvents(site.studio, site.store))


@pytest.fixture
def controls(site: Site) -> Controls:
    return replace(default_controls(site.studio.models.describe("demo")), prompt="a cat", steps=2)


def dream(events: Events, controls: Controls, locked: bool = False) -> tuple[dict[str, Any], Any]:
    tab = {"tab": "dream"}
    return events.dream(asked_by("ann"), tab, locked, *astuple(controls), *astuple(COMPARE))


def test_a_click_queues_one_dream(site: Site, events: Events, controls: Controls) -> None:
    told, seed = dream(events, controls)
    job = site.store.job(told["job"], "ann")
    assert job is not None and len(job.tasks) == 4
    assert seed == ""


def test_the_lock_keeps_the_seed_that_was_drawn(
    site: Site, events: Events, controls: Controls
) -> None:
    told, seed = dream(events, controls, locked=True)
    job = site.store.job(told["job"], "ann")
    assert job is not None and seed == str(job.tasks[0].spec.seed)


def test_a_run_over_the_last_seed_is_said(events: Events, controls: Controls) -> None:
    told, _ = dream(events, replace(controls, seed=str(2**32 - 1)))
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
    site: Site, events: Events, controls: Controls, wrong: dict[str, Any]
) -> None:
    told, _ = dream(events, replace(controls, **wrong))
    assert told.get("error", "").endswith("."), told
    assert "wrong on our side" not in told["error"]
    assert len(told["error"]) < 200
    assert "job" in dream(events, controls)[0]


@pytest.mark.parametrize(
    "prompt", ["🐈 in the 🌧️", "قطة حمراء", "<script>alert(1)</script>", "a\tb\nc"]
)
def test_any_text_can_be_dreamt(events: Events, controls: Controls, prompt: str) -> None:
    assert "job" in dream(events, replace(controls, prompt=prompt))[0]


def test_a_fault_of_ours_shows_no_traceback(
    events: Events, controls: Controls, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(site.studio, "submit", broken)
    told, _ = dream(events, controls)
    assert "wrong on our side" in told["error"] and "secret" not in str(told)


def reuse(events: Events, visitor: str, data: Any) -> list[Any]:
    return events.reuse(asked_by(visitor), gr.EventData(None, data))


def test_reuse_sets_the_controls_to_what_made_the_dream(
    site: Site, events: Events, controls: Controls
) -> None:
    wanted = replace(
        controls, guidance=2.5, sampler="Heun", seed="77", negative_prompt="fog", count=3
    )
    told, _ = dream(events, wanted)
    outcome, locked, *values = reuse(events, "ann", {"job": told["job"], "index": 1, "seed": False})
    assert outcome == {"reused": told["job"]} and locked is False
    assert values[: len(astuple(wanted))] == list(astuple(replace(wanted, seed="")))
    _, locked, *values = reuse(events, "ann", {"job": told["job"], "index": 1, "seed": True})
    assert locked is True
    assert values[: len(astuple(wanted))] == list(astuple(replace(wanted, seed="78")))


@pytest.mark.parametrize("data", [{}, {"job": "x"}, {"job": ["x"], "index": {}}, "text", None])
def test_reuse_of_what_is_not_there_is_said(events: Events, data: Any) -> None:
    assert "not here any more" in reuse(events, "ann", data)[0]["error"]


def test_reuse_of_a_dream_whose_model_is_broken_now_is_said(
    site: Site, events: Events, controls: Controls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(model: str) -> None:
        raise UserError("Its weights are damaged.", "Copy it anew.")

    told, _ = dream(events, controls)
    monkeypatch.setattr(site.studio.models, "describe", broken)
    said = reuse(events, "ann", {"job": told["job"], "index": 0})[0]
    assert said == {"error": "Its weights are damaged.", "hint": "Copy it anew."}


def test_reuse_of_anothers_dream_is_refused(events: Events, controls: Controls) -> None:
    told, _ = dream(events, controls)
    assert "error" in reuse(events, "bob", {"job": told["job"], "index": 0})[0]
