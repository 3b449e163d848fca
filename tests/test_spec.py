"""What is asked becomes complete specs, or one plain sentence."""

import json
import math
from dataclasses import replace

import pytest

from sdgui.adapters import Lora
from sdgui.batches import batch_key
from sdgui.correction import Correction
from sdgui.errors import UserError
from sdgui.inputs import InitImage
from sdgui.model_info import GuidanceKind, ModelRef
from sdgui.spec import SCHEMA, DreamRequest, PictureSpec, Variation, seeds_wrap
from sdgui.written_values import SEEDS, parse_seed
from tests.samples import DEMO


def resolve(**asked: object) -> tuple[PictureSpec, ...]:
    return DreamRequest(**{"prompt": "a red boat", **asked}).resolve(DEMO, lambda: 7)


def test_unsaid_values_come_from_the_model() -> None:
    (spec,) = resolve()
    assert (spec.width, spec.height, spec.steps, spec.guidance, spec.sampler, spec.seed) == (
        128,
        128,
        20,
        4.0,
        "Euler",
        7,
    )


def test_zero_is_a_value_and_not_unsaid() -> None:
    (spec,) = resolve(seed=0, guidance=0)
    assert spec.seed == 0
    assert spec.guidance == 0.0


def test_picture_i_has_seed_s_plus_i() -> None:
    assert [spec.seed for spec in resolve(seed=1041, count=4)] == [1041, 1042, 1043, 1044]


def test_seeds_go_on_from_zero_after_the_last() -> None:
    assert [spec.seed for spec in resolve(seed=SEEDS - 2, count=4)] == [SEEDS - 2, SEEDS - 1, 0, 1]
    assert seeds_wrap(SEEDS - 2, 4)
    assert not seeds_wrap(SEEDS - 4, 4)


def test_a_spec_survives_json() -> None:
    (spec,) = resolve(
        prompt='a "quoted" \U0001f680 \u05e9\u05dc\u05d5\u05dd <script>\nline', seed=3
    )
    assert PictureSpec.from_json(spec.to_json()) == spec


def test_an_unknown_schema_is_refused() -> None:
    (spec,) = resolve()
    with pytest.raises(ValueError, match="schema"):
        PictureSpec.from_json(json.dumps({**json.loads(spec.to_json()), "schema": SCHEMA + 1}))


def test_a_spec_of_the_first_schema_is_read_as_one_of_today() -> None:
    (spec,) = resolve()
    old = {**json.loads(spec.to_json()), "schema": 1}
    for name in ("variation", "schedule", "inputs", "adapters", "emphasis", "chunks"):
        del old[name]
    assert PictureSpec.from_json(json.dumps(old)) == spec


@pytest.mark.parametrize(
    ("name", "sampler", "schedule"),
    [("DPM++ 2M Karras", "DPM++ 2M", "Karras"), ("DPM++ 2M", "DPM++ 2M", "Automatic")],
)
def test_a_spec_of_the_second_schema_has_its_sampler_taken_apart(
    name: str, sampler: str, schedule: str
) -> None:
    (spec,) = resolve(variation_strength=0.5)
    old = {**json.loads(spec.to_json()), "schema": 2, "sampler": name}
    for field in ("schedule", "inputs", "adapters", "emphasis", "chunks"):
        del old[field]
    assert PictureSpec.from_json(json.dumps(old)) == replace(
        spec, sampler=sampler, schedule=schedule
    )


@pytest.mark.parametrize(
    "asked",
    [
        {"sampler": "DPM++ 2M Karras"},
        {"sampler": "DPM++ 2M", "schedule": "Karras"},
        {"sampler": "DPM++ 2M", "schedule": "karras"},
        {"sampler": "DPM++ 2M Karras", "schedule": ""},
        {"sampler": "DPM++ 2M Exponential", "schedule": "Karras"},
    ],
)
def test_a_schedule_is_said_apart_or_in_the_samplers_name(asked: dict[str, object]) -> None:
    (spec,) = resolve(**asked)
    assert (spec.sampler, spec.schedule) == ("DPM++ 2M", "Karras")


def test_a_schedule_that_does_not_fit_is_refused_with_those_that_do() -> None:
    with pytest.raises(UserError, match="“Karras” does not fit the sampler DDIM") as fault:
        resolve(sampler="DDIM", schedule="Karras")
    assert "Automatic" in fault.value.hint


INIT = InitImage(image="cd" * 32, strength=0.5)
LORA = Lora(ref=ModelRef(id="style", hash="ef" * 32), weight=0.7, text_encoder_weight=0.7)


def test_what_no_engine_can_do_is_refused() -> None:
    with pytest.raises(UserError, match="cannot be used here yet"):
        resolve(inputs=(INIT,))


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_a_lora_is_refused_by_its_name_where_it_is_read_as_one(field: str) -> None:
    asked = {field: "a boat <lora:ink:0.8>"}
    with pytest.raises(UserError, match="no LoRA called “ink” here") as fault:
        resolve(**asked, emphasis=True)
    assert "<lora:ink:0.8>" in fault.value.hint
    assert getattr(resolve(**asked)[0], field) == "a boat <lora:ink:0.8>"


def test_brackets_are_plain_text_unless_it_is_asked_otherwise() -> None:
    (plain,) = resolve(prompt="a (red:1.3) boat")
    (weighed,) = resolve(prompt="a (red:1.3) boat", emphasis=True)
    assert (plain.emphasis, weighed.emphasis) == (False, True)
    assert plain.prompt == weighed.prompt == "a (red:1.3) boat"
    assert batch_key(plain) != batch_key(weighed)


def test_a_model_that_cannot_weigh_words_reads_them_plainly() -> None:
    asked = DreamRequest(prompt="a (red:1.3) boat", emphasis=True)
    (spec,) = asked.resolve(replace(DEMO, emphasis=False), lambda: 7)
    assert not spec.emphasis


def test_a_spec_that_knows_no_chunks_has_one() -> None:
    (spec,) = resolve()
    written = json.loads(spec.to_json())
    del written["chunks"]
    assert PictureSpec.from_json(json.dumps(written)).chunks == 1


def test_a_batch_has_inputs_of_one_kind_and_the_same_adapters() -> None:
    (plain,) = resolve()
    one = replace(plain, inputs=(INIT,))
    assert batch_key(one) == batch_key(replace(one, inputs=(replace(INIT, image="ab" * 32),)))
    assert batch_key(one) != batch_key(plain)
    assert batch_key(plain) != batch_key(replace(plain, adapters=(LORA,)))
    assert batch_key(plain) != batch_key(replace(plain, schedule="Karras"))


def test_a_variation_keeps_the_seed_and_counts_the_variation_seed_up() -> None:
    specs = resolve(seed=5, variation_seed=SEEDS - 1, variation_strength=0.3, count=3)
    assert [spec.seed for spec in specs] == [5, 5, 5]
    assert [spec.variation for spec in specs] == [
        Variation(seed=seed, strength=0.3) for seed in (SEEDS - 1, 0, 1)
    ]


def test_a_variation_seed_unsaid_is_drawn() -> None:
    (spec,) = resolve(seed=5, variation_strength=1)
    assert spec.variation == Variation(seed=7, strength=1.0)


@pytest.mark.parametrize("strength", [None, 0, 0.0])
def test_a_variation_of_no_strength_is_none(strength: float | None) -> None:
    specs = resolve(seed=5, variation_seed=9, variation_strength=strength, count=2)
    assert [(spec.seed, spec.variation) for spec in specs] == [(5, None), (6, None)]


def test_a_variation_survives_json() -> None:
    (spec,) = resolve(variation_seed=0, variation_strength=1 / 3)
    assert PictureSpec.from_json(spec.to_json()) == spec


def test_variations_fit_into_one_batch() -> None:
    (plain,) = resolve()
    (varied,) = resolve(variation_strength=0.5)
    assert batch_key(plain) == batch_key(varied)


def test_as_many_pictures_as_are_allowed() -> None:
    request = DreamRequest(prompt="a red boat", count=64)
    assert len(request.resolve(DEMO, lambda: 7, most=64)) == 64
    with pytest.raises(UserError, match="images"):
        request.resolve(DEMO, lambda: 7)


def test_prompts_and_seeds_may_differ_within_a_batch_and_sizes_may_not() -> None:
    (one,) = resolve(seed=1)
    (two,) = resolve(seed=2, prompt="a blue house")
    (wide,) = resolve(seed=1, width=192)
    assert batch_key(one) == batch_key(two)
    assert batch_key(one) != batch_key(wide)


@pytest.mark.parametrize(
    "prompt",
    [
        "\U0001f680\U0001f431",
        "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
        "<script>alert(1)</script>",
        "line\nline",
        "x" * 2000,
    ],
)
def test_unusual_text_is_a_prompt_like_any_other(prompt: str) -> None:
    assert resolve(prompt=prompt)[0].prompt == prompt


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"prompt": ""}, "empty"),
        ({"prompt": " \n\t "}, "empty"),
        ({"prompt": "x" * 10_000}, "10,000"),
        ({"negative_prompt": "x" * 10_000}, "negative prompt"),
        ({"prompt": "a\x00b"}, "not text"),
        ({"prompt": "a\ud800b"}, "not text"),
        ({"prompt": 5}, "text"),
        ({"steps": 0}, "steps"),
        ({"steps": 10_000}, "steps"),
        ({"steps": 2.5}, "steps"),
        ({"width": 7}, "width"),
        ({"height": 100_000}, "height"),
        ({"width": 130}, "multiple of 8"),
        ({"guidance": math.nan}, "cfg scale"),
        ({"guidance": math.inf}, "cfg scale"),
        ({"guidance": -1}, "cfg scale"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"seed": "abc"}, "seed"),
        ({"seed": "9" * 5000}, "seed"),
        ({"seed": True}, "seed"),
        ({"variation_strength": 1.01}, "variation strength"),
        ({"variation_strength": -0.1}, "variation strength"),
        ({"variation_strength": math.nan}, "variation strength"),
        ({"variation_strength": 0.5, "variation_seed": -1}, "seed"),
        ({"count": 0}, "images"),
        ({"count": 1000}, "images"),
        ({"emphasis": "yes"}, "emphasis"),
        ({"emphasis": 1}, "emphasis"),
        ({"sampler": "Warp\n<b>"}, "sampler"),
    ],
)
def test_what_cannot_be_dreamt_gets_one_sentence_and_a_hint(
    asked: dict[str, object], word: str
) -> None:
    with pytest.raises(UserError) as fault:
        resolve(**asked)
    assert word in fault.value.message
    assert "\n" not in str(fault.value)
    assert len(str(fault.value)) < 250
    assert fault.value.hint


def test_an_off_size_is_told_the_nearest() -> None:
    with pytest.raises(UserError) as fault:
        resolve(width=130)
    assert "128" in fault.value.hint


def test_a_seed_is_read_from_text_and_empty_text_is_unsaid() -> None:
    assert parse_seed(" 42 ") == 42
    assert parse_seed("") is None
    assert parse_seed(None) is None
    assert parse_seed(42.0) == 42


@pytest.mark.parametrize("prompt", ["", " \n\t", "\u200b\u200b", "\u3000\u2060\ufeff", "\u200f"])
def test_a_prompt_that_cannot_be_seen_is_empty(prompt: str) -> None:
    with pytest.raises(UserError, match="The prompt is empty"):
        resolve(prompt=prompt)


def test_characters_that_direct_others_stay_in_a_prompt() -> None:
    (spec,) = resolve(prompt="👩\u200d🚀 שלום")
    assert spec.prompt == "👩\u200d🚀 שלום"


def test_a_negative_prompt_is_refused_where_the_model_takes_none() -> None:
    info = replace(DEMO, negative_prompt=False)
    with pytest.raises(UserError, match="takes no negative prompt"):
        DreamRequest(prompt="a cat", negative_prompt="a dog").resolve(info, lambda: 0)
    assert DreamRequest(prompt="a cat").resolve(info, lambda: 0)[0].negative_prompt == ""


def test_a_cfg_scale_is_refused_where_the_model_has_none() -> None:
    info = replace(DEMO, guidance_kind=GuidanceKind.NONE, guidance=1.0)
    with pytest.raises(UserError, match="has no cfg scale"):
        DreamRequest(prompt="a cat", guidance=7.0).resolve(info, lambda: 0)
    (spec,) = DreamRequest(prompt="a cat").resolve(info, lambda: 0)
    assert spec.guidance == 1.0
    assert DreamRequest.again(spec).resolve(info, lambda: spec.seed) == (spec,)


# Corrections


def corrected(**correction: object) -> Correction:
    return Correction(**correction)  # type: ignore[arg-type]


def test_a_correction_goes_before_the_files_and_the_request_before_it() -> None:
    every = ("prediction_type", "zero_snr", "clip_skip")
    info = replace(DEMO, correction=corrected(clip_skip=2), corrections=every)
    (by_owner,) = DreamRequest(prompt="a boat").resolve(info, lambda: 7)
    (asked,) = DreamRequest(prompt="a boat", correction=corrected()).resolve(info, lambda: 7)
    assert (by_owner.correction, asked.correction) == (corrected(clip_skip=2), corrected())
    assert batch_key(by_owner) != batch_key(asked)
    vae = ModelRef(id="x", hash="ab" * 32)
    with_vae = DreamRequest(prompt="a boat", correction=corrected(vae=vae))
    (own,) = with_vae.resolve(replace(info, corrections=(*every, "vae")), lambda: 7)
    assert batch_key(own) != batch_key(asked)
    with pytest.raises(UserError, match="cannot be read with another VAE"):
        with_vae.resolve(info, lambda: 7)
    (again,) = replace(DreamRequest.again(asked), seed=7).resolve(info, lambda: 7)
    assert again == asked


@pytest.mark.parametrize(
    ("correction", "message"),
    [
        ({"prediction_type": "sample"}, "no prediction type"),
        ({"zero_snr": "yes"}, "either on or off"),
        ({"clip_skip": 13}, "clip skip"),
        ({"clip_skip": 1.5}, "clip skip"),
    ],
)
def test_an_odd_correction_is_one_sentence(correction: dict[str, object], message: str) -> None:
    info = replace(DEMO, corrections=("prediction_type", "zero_snr", "clip_skip"))
    request = DreamRequest(prompt="a boat", correction=corrected(**correction))
    with pytest.raises(UserError, match=message):
        request.resolve(info, lambda: 7)
