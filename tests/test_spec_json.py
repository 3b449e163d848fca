"""Specs of all five schemas, as JSON and back, whatever they hold."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdgui.correction import NOTHING, Correction, read_correction, written
from sdgui.errors import UserError
from sdgui.samplers import SAMPLER_NAMES, joined_name, split_name
from sdgui.spec import PictureSpec
from tests.strategies import corrections, specs

OF_THE_THIRD = ("schedule", "inputs", "adapters", "emphasis", "chunks")
OF_THE_FOURTH = ("correction",)
NEWER = (*OF_THE_THIRD, *OF_THE_FOURTH)
# What schemas 1 and 2 knew, written again here.
FIRST_NAMES = (
    *("Euler", "Euler a", "Heun", "DDIM", "LMS", "PNDM", "DPM++ 2M", "DPM++ 2M Karras"),
    *("DPM++ SDE", "UniPC", "LCM"),
)


@given(specs())
def test_a_spec_survives(spec: PictureSpec) -> None:
    assert PictureSpec.from_json(spec.to_json()) == spec


@given(specs())
def test_a_spec_of_the_fourth_schema_means_what_it_meant(spec: PictureSpec) -> None:
    spec = replace(spec, correction=replace(spec.correction, vae=None))
    old = json.loads(spec.to_json()) | {"schema": 4}
    del old["correction"]["vae"]
    assert PictureSpec.from_json(json.dumps(old)) == spec


@given(corrections)
def test_a_correction_survives_as_text(correction: Correction) -> None:
    assert read_correction(written(correction)) == correction


@pytest.mark.parametrize(
    "text", ["{", "[1]", "3", '{"more": 1}', '{"vae": "x"}', '{"vae": {"id": 1, "hash": "x"}}', 5]
)
def test_an_odd_text_is_no_correction(text: object) -> None:
    with pytest.raises(UserError, match="not understood"):
        read_correction(text)
    assert read_correction("") is read_correction(None) is None


@given(specs())
def test_a_spec_of_the_third_schema_means_what_it_meant(spec: PictureSpec) -> None:
    spec = replace(spec, correction=NOTHING)
    written = json.loads(spec.to_json()) | {"schema": 3}
    old = {key: value for key, value in written.items() if key not in OF_THE_FOURTH}
    assert PictureSpec.from_json(json.dumps(old)) == spec


@given(specs(), st.sampled_from(FIRST_NAMES))
def test_a_spec_of_the_second_schema_means_what_it_meant(spec: PictureSpec, name: str) -> None:
    spec = replace(spec, inputs=(), adapters=(), emphasis=False, chunks=1, correction=NOTHING)
    written = json.loads(spec.to_json()) | {"schema": 2, "sampler": name}
    old = {key: value for key, value in written.items() if key not in NEWER}
    read = PictureSpec.from_json(json.dumps(old))
    sampler, schedule = ("DPM++ 2M", "Karras") if name.endswith("Karras") else (name, "Automatic")
    assert read == replace(spec, sampler=sampler, schedule=schedule)
    assert read.sampler_name == name


@given(specs(), st.sampled_from(FIRST_NAMES))
def test_a_spec_of_the_first_schema_means_what_it_meant(spec: PictureSpec, name: str) -> None:
    spec = replace(
        spec, inputs=(), adapters=(), emphasis=False, chunks=1, variation=None, correction=NOTHING
    )
    written = json.loads(spec.to_json()) | {"schema": 1, "sampler": name}
    old = {key: value for key, value in written.items() if key not in (*NEWER, "variation")}
    read = PictureSpec.from_json(json.dumps(old))
    assert read == replace(spec, sampler=read.sampler, schedule=read.schedule)
    assert read.sampler_name == name


def test_the_names_that_were_offered_at_first_are_offered_still() -> None:
    assert SAMPLER_NAMES[: len(FIRST_NAMES)] == FIRST_NAMES


def test_every_name_is_taken_apart_and_put_together() -> None:
    assert [joined_name(*split_name(name)) for name in SAMPLER_NAMES] == list(SAMPLER_NAMES)


@given(st.text())
def test_any_name_can_be_taken_apart(name: str) -> None:
    sampler, schedule = split_name(name)
    assert joined_name(sampler, schedule).casefold() == name.casefold()
