"""The settings stand once: whatever else names them says the same."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

import gradio as gr
import pytest

from sdgui.axes import AXES, AxisRequest, axis_title, read_axis
from sdgui.comparing.settings_in_words import described
from sdgui.errors import UserError
from sdgui.model_info import ModelInfo
from sdgui.request_fields import COMPARE, PAGE, REQUEST, SETTINGS, Setting, Unsaid, ValueKind
from sdgui.request_signature import type_of
from sdgui.samplers import SCHEDULES
from sdgui.spec import DreamRequest, PictureSpec
from sdgui.storage.infotext import ParsedInfotext, to_infotext
from sdgui.web.compare.capability import COMPARE as COMPARE_TAB
from sdgui.web.compare.controls import MODES, CompareControls
from sdgui.web.programs.declaration import declare
from sdgui.web.programs.endpoints import endpoints_of
from sdgui.web.shared.dreams.descriptions import describe_settings
from sdgui.web.shared.settings.controls import ASPECTS, Controls
from sdgui.web.shared.settings.facts import SHARED_SETTINGS
from tests.samples import DEMO, SPEC

NAMES = [one.name for one in REQUEST]
NOT_ASKED_BY_NAME = {"inputs", "adapters", "correction"}
"""What no engine can do yet, what is asked for in the prompts, and what the owner says of the model."""


def test_no_two_settings_have_one_name() -> None:
    assert len(SETTINGS) == len(REQUEST) + len(PAGE) + len(COMPARE)


def test_a_request_has_each_setting_with_its_default() -> None:
    of_request: dict[str, Field[Any]] = {one.name: one for one in fields(DreamRequest)}
    assert set(of_request) - {"inputs", "correction"} == set(NAMES)
    for one in REQUEST:
        default = of_request[one.name].default
        assert default is MISSING if one.needed else default == one.usual, one.name


def test_a_request_has_the_types_of_the_settings() -> None:
    types = get_type_hints(DreamRequest)
    assert {one.name: types[one.name] for one in REQUEST} == {
        one.name: type_of(one) for one in REQUEST
    }


def test_a_spec_holds_each_setting_or_what_becomes_of_it() -> None:
    of_spec = {one.name for one in fields(PictureSpec)}
    varied = {"variation_seed", "variation_strength"}
    assert set(NAMES) - of_spec == {"count", *varied}
    assert of_spec - set(NAMES) == {"schema", "variation", "chunks", *NOT_ASKED_BY_NAME}


def test_what_comes_from_the_model_is_known_of_models() -> None:
    of_model = {one.name for one in fields(ModelInfo)} | {"model", "schedule"}
    assert {one.name for one in REQUEST if one.unsaid is Unsaid.MODEL} <= of_model


@pytest.mark.parametrize("setting", [one for one in REQUEST if one.high is not None])
def test_the_limits_are_those_that_resolving_takes(setting: Setting) -> None:
    assert setting.high is not None
    over: Any = "x" * int(setting.high + 1) if setting.kind is ValueKind.TEXT else setting.high + 1
    asked = {"prompt": "a cat", "variation_strength": 0.5, setting.name: over}
    with pytest.raises(UserError, match=setting.said):
        DreamRequest(**asked).resolve(DEMO, lambda: 0)


@pytest.fixture(scope="module")
def endpoints() -> Mapping[str, Any]:
    with gr.Blocks() as page:
        declare(endpoints_of(None, None))  # type: ignore[arg-type]
    told = page.get_api_info()
    assert told is not None
    return {
        path: {one["parameter_name"]: one for one in endpoint["parameters"]}
        for path, endpoint in told["named_endpoints"].items()
    }


def test_programs_can_say_each_setting_of_a_dream_in_the_order_of_the_definition(
    endpoints: Mapping[str, Any],
) -> None:
    assert list(endpoints["/dream"]) == NAMES
    for one in REQUEST:
        told = endpoints["/dream"][one.name]
        assert told["parameter_has_default"] is not one.needed
        assert one.needed or told["parameter_default"] == one.usual


def test_programs_can_say_each_setting_of_a_grid(endpoints: Mapping[str, Any]) -> None:
    axes = ["x_axis", "x_values", "y_axis", "y_values"]
    others = [name for name in NAMES if name not in ("prompt", "count")]
    assert list(endpoints["/compare"]) == ["prompt", *axes, *others]
    assert set(axes) <= {one.name for one in COMPARE}


def test_the_page_has_each_setting_but_those_that_go_with_another() -> None:
    assert {one.name for one in fields(Controls)} | {"lock"} == set(SHARED_SETTINGS)
    # The sampler's name holds the schedule there, and Compare asks for variations by its own.
    assert {one.name for one in REQUEST if not one.on_page} == {
        *("schedule", "variation_seed", "variation_strength"),
    }
    assert SETTINGS["aspect"].choices == ASPECTS


def test_compare_has_its_settings() -> None:
    assert [one.name for one in fields(CompareControls)] == [one.name for one in COMPARE]
    assert list(COMPARE_TAB.settings) == [one.name for one in COMPARE]
    assert SETTINGS["mode"].choices == tuple(MODES)


def test_the_page_is_told_of_pictures_what_the_definition_says() -> None:
    assert list(describe_settings(SPEC)) == [one.name for one in REQUEST if one.of_picture]


def test_each_axis_varies_what_says_so() -> None:
    assert {one.axis for one in REQUEST} - {None} | {"Prompt S/R", "LoRA", "LoRA weight"} == set(
        AXES
    )
    base = DreamRequest(prompt="a cat")
    values = {"width": "64x128", "height": "64x128", "schedule": "Karras", "sampler": "Heun"}
    for one in REQUEST:
        if one.axis is None:
            continue
        assert axis_title(one.axis) == one.axis
        asked = values.get(one.name, "1" if one.kind is not ValueKind.TEXT else "other")
        (choice,) = read_axis(AxisRequest(name=one.axis, values=asked)).values
        assert getattr(choice.change(base), one.name) != getattr(base, one.name), one.name


def test_infotext_writes_and_reads_each_setting_that_has_a_key() -> None:
    varied = DreamRequest(prompt="x", variation_seed=3, variation_strength=0.5, negative_prompt="y")
    (spec,) = varied.resolve(DEMO, lambda: 0)
    text = to_infotext(spec)
    read = {one.name for one in fields(ParsedInfotext)}
    for one in REQUEST:
        if one.infotext is not None:
            assert f"{one.infotext}: " in text
            assert one.name in read
    assert read - {one.name for one in REQUEST if one.infotext} == {
        *("prompt", "model_hash", "lora_hashes", "word_hashes", "clip_skip", "fields"),
        *("vae", "vae_hash"),
    }


def test_the_page_gets_plain_facts() -> None:
    told = json.loads(json.dumps({name: one.told() for name, one in SETTINGS.items()}))
    assert set(told) == set(SETTINGS)
    assert (told["steps"]["low"], told["steps"]["high"]) == (1, 150)
    assert tuple(told["schedule"]["choices"]) == SCHEDULES


def test_the_scripts_types_name_what_a_picture_is_told_with() -> None:
    types = Path(__file__).parents[1] / "sdgui/web/shared/dreams/told.d.ts"
    made = types.read_text(encoding="utf-8").partition("export type Made = {")[2].partition("}")[0]
    for one in REQUEST:
        if one.of_picture:
            assert f"  {one.name}: " in made


def test_lists_of_differences_name_each_setting_but_the_schedule_which_the_sampler_names() -> None:
    (settings,) = described([SPEC])
    expected = {
        one.label if one.axis is None else one.axis
        for one in REQUEST
        if one.name not in ("count", "schedule")
    }
    assert set(settings) == expected
    (named,) = described([replace(SPEC, schedule="Karras")])
    assert named["Sampler"] == "Euler Karras"


def test_a_picture_is_asked_for_again_as_it_was_made() -> None:
    asked = DreamRequest(
        prompt="a cat",
        negative_prompt="fog",
        width=64,
        height=96,
        steps=3,
        guidance=2.5,
        sampler="DPM++ 2M",
        schedule="Karras",
        seed=9,
    )
    (spec,) = asked.resolve(DEMO, lambda: 0)
    again = replace(DreamRequest.again(spec), seed=9)
    assert again.resolve(DEMO, lambda: 0) == (spec,)
    assert again.model == spec.model.id
