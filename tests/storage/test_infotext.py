import random

import pytest
from hypothesis import given

from sdgui.adapters import Lora, TextualInversion
from sdgui.correction import Correction
from sdgui.model_info import ModelRef
from sdgui.spec import PictureSpec, Variation
from sdgui.storage.infotext import ParsedInfotext, from_infotext, to_infotext
from tests.storage.samples import spec
from tests.strategies import specs, texts

STEPS_LINE = "Steps: 1, Sampler: none, CFG scale: 2, Seed: 3, Size: 8x8, Model: other"
PIECES = (
    *("a cat", "🦖🚀", "👩‍👩‍👧", "مرحبا بالعالم", "שלום", "<script>alert('x')</script>", "\\", "\\n", "\n", "\n\n"),
    *('"', '"quoted, text: here"', "'", ",", ":", "Seed: 5,", STEPS_LINE, f"\n{STEPS_LINE}", "\n" + STEPS_LINE + "\n"),
    *("<lora:x:0.5>", "((deep:1.3))", "\t", "  ", "\u2028", "\u00a0", "é", "Version: A1111", "Negative prompt", "%s{}"),
)  # fmt: skip


def nasty_prompts(seed: int) -> tuple[str, str]:
    draw = random.Random(seed)
    prompt, negative = (
        "".join(draw.choice(PIECES) for _ in range(draw.randint(0, 7))).strip() for _ in range(2)
    )
    return prompt or "x", negative


def test_looks_as_a1111_writes_it() -> None:
    text = to_infotext(spec(965400086, negative_prompt="blurry, dark", width=512, height=512))
    assert text == (
        "a grey sketch of a car\n"
        "Negative prompt: blurry, dark\n"
        "Steps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 965400086, Size: 512x512, "
        "Model hash: 0123456789, Model: demo, Emphasis: None, Version: sdgui 0.1.0"
    )


def test_a_variation_stands_where_a1111_writes_it() -> None:
    text = to_infotext(spec(5, variation=Variation(seed=12, strength=0.1)))
    assert text.endswith(
        "Model hash: 0123456789, Model: demo, Variation seed: 12, Variation seed strength: 0.1, "
        "Emphasis: None, Version: sdgui 0.1.0"
    )


@pytest.mark.parametrize("strength", [0.05, 0.3, 1 / 3, 1e-6, 1.0])
@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_a_variation_survives_exactly(seed: int, strength: float) -> None:
    read = from_infotext(to_infotext(spec(variation=Variation(seed=seed, strength=strength))))
    assert (read.variation_seed, read.variation_strength) == (seed, strength)


def test_no_variation_is_none() -> None:
    read = from_infotext(to_infotext(spec()))
    assert (read.variation_seed, read.variation_strength) == (None, None)
    assert "ariation" not in to_infotext(spec())


def test_empty_negative_prompt_is_left_out() -> None:
    assert "Negative prompt" not in to_infotext(spec(negative_prompt=""))


@pytest.mark.parametrize("seed", range(300))
def test_nasty_prompts_survive(seed: int) -> None:
    prompt, negative = nasty_prompts(seed)
    read = from_infotext(to_infotext(spec(prompt=prompt, negative_prompt=negative)))
    assert (read.prompt, read.negative_prompt) == (prompt, negative)


@pytest.mark.parametrize("seed", range(50))
def test_parameters_survive_nasty_prompts(seed: int) -> None:
    prompt, negative = nasty_prompts(seed)
    read = from_infotext(to_infotext(spec(12, prompt=prompt, negative_prompt=negative)))
    assert (read.steps, read.sampler, read.guidance, read.seed, read.width, read.height) == (
        20, "Euler a", 7.0, 12, 64, 48,
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "a, b", "a: b", "two\nlines", '"', '"quoted"', "C:\\models\\x", "/models/x.safetensors", "模型",
        " padded ", "\r", "x\t",
    ],
)  # fmt: skip
def test_model_names_survive(name: str) -> None:
    read = from_infotext(to_infotext(spec(model=ModelRef(id=name, hash="ab" * 32))))
    assert (read.model, read.model_hash, read.fields["Version"]) == (name, "ababababab", "sdgui 0.1.0")  # fmt: skip


@pytest.mark.parametrize("guidance", [0.0, 1.0, 7.5, 6.1, 29.999999, 1e-7])
def test_guidance_survives_exactly(guidance: float) -> None:
    assert from_infotext(to_infotext(spec(guidance=guidance))).guidance == guidance


@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_first_and_last_seed_survive(seed: int) -> None:
    assert from_infotext(to_infotext(spec(seed))).seed == seed


def test_reads_a1111_text_with_keys_that_sdgui_does_not_write() -> None:
    read = from_infotext(
        "a fox\nin snow\nNegative prompt: blurry\nugly\nSteps: 30, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 42, "
        'Size: 512x768, Denoising strength: 0.7, Lora hashes: "a: 1, b: 2", Version: v1.9.4'
    )
    assert read.prompt == "a fox\nin snow"
    assert read.negative_prompt == "blurry\nugly"
    assert (read.width, read.height, read.guidance) == (512, 768, 6.5)
    assert read.fields["Lora hashes"] == "a: 1, b: 2"


def test_text_without_parameters_is_all_prompt() -> None:
    assert from_infotext("a fox\nSteps: 20, Seed: 1") == ParsedInfotext(prompt="a fox\nSteps: 20, Seed: 1")  # fmt: skip


@pytest.mark.parametrize("line", ["Steps: x, Seed: , CFG scale: nan, Size: bigxsmall", "", "\n\n"])
def test_unreadable_values_are_none(line: str) -> None:
    read = from_infotext(f"a fox\n{line}")
    assert (read.steps, read.seed, read.guidance, read.width, read.height) == (None,) * 5


@pytest.mark.parametrize(
    "text", ["a" * 10**5, "a b-" * 10**5, 'aa:"\\"' * 10**5, " " * 10**5 + "."]
)
def test_long_hostile_text_is_read_in_linear_time(text: str) -> None:
    # the unbounded pattern takes a minute for the first of these
    assert isinstance(from_infotext(f"x\n{text}"), ParsedInfotext)


def test_a_prompt_line_that_reads_negative_prompt_is_where_the_format_ends() -> None:
    read = from_infotext(to_infotext(spec(prompt="a sign\nNegative prompt: it says")))
    assert (read.prompt, read.negative_prompt) == ("a sign", "it says")


# The format's own limits: a line that begins so ends the prompt, and only what is around a text is trimmed.
WRITABLE = texts.map(str.strip).filter(lambda text: "Negative prompt:" not in text)


@given(specs(prompts=WRITABLE))
def test_every_spec_survives(spec: PictureSpec) -> None:
    read = from_infotext(to_infotext(spec))
    assert (read.prompt, read.negative_prompt) == (spec.prompt, spec.negative_prompt)
    assert (read.sampler, read.schedule) == (spec.sampler, spec.schedule)
    assert (read.steps, read.guidance, read.seed) == (spec.steps, spec.guidance, spec.seed)
    assert (read.width, read.height) == (spec.width, spec.height)
    assert (read.model, read.model_hash) == (spec.model.id, spec.model.hash[:10])
    assert read.emphasis == spec.emphasis
    if spec.variation is not None:
        assert (read.variation_seed, read.variation_strength) == (
            spec.variation.seed,
            spec.variation.strength,
        )


@pytest.mark.parametrize(
    ("written", "sampler", "schedule"),
    [
        ("Sampler: DPM++ 2M Karras", "DPM++ 2M", "Karras"),
        ("Sampler: DPM++ 2M", "DPM++ 2M", "Automatic"),
        ("Sampler: DPM++ 2M, Schedule type: Karras", "DPM++ 2M", "Karras"),
        ("Sampler: DPM++ 2M, Schedule type: Automatic", "DPM++ 2M", "Karras"),
        ("Sampler: DPM++ 2M, Schedule type: Uniform", "DPM++ 2M", "Automatic"),
        ("Sampler: Euler, Schedule type: Automatic", "Euler", "Automatic"),
        ("Sampler: Euler, Schedule type: Align Your Steps", "Euler", "Align Your Steps"),
    ],
)
def test_samplers_are_read_as_they_were_meant(written: str, sampler: str, schedule: str) -> None:
    read = from_infotext(f"a fox\nSteps: 30, {written}, CFG scale: 6.5, Seed: 42")
    assert (read.sampler, read.schedule) == (sampler, schedule)


@pytest.mark.parametrize(
    ("written", "emphasis"),
    [
        ("Version: v1.10.1", True),  # A1111, whose brackets weigh unless it says otherwise
        ("Model: other", True),
        ("Emphasis: No norm, Version: v1.10.1", True),
        ("Emphasis: None, Version: v1.10.1", False),
        ("Version: sdgui 0.1.0", False),  # before brackets could mean anything here
        ("Emphasis: Original, Version: sdgui 0.1.0", True),
    ],
)
def test_brackets_mean_what_they_meant_to_whoever_wrote_the_text(
    written: str, emphasis: bool
) -> None:
    read = from_infotext(f"a (fox:1.3)\nSteps: 30, CFG scale: 6.5, Seed: 42, {written}")
    assert (read.prompt, read.emphasis) == ("a (fox:1.3)", emphasis)


def test_loras_and_learnt_words_stand_where_a1111_writes_them() -> None:
    made = spec(
        prompt="a car<lora:ink:0.8>",
        emphasis=True,
        adapters=(
            Lora(ref=ModelRef(id="ink", hash="ab" * 32), weight=0.8, text_encoder_weight=0.8),
            Lora(
                ref=ModelRef(id="b/Oil, wet", hash="cd" * 32), weight=1.0, text_encoder_weight=1.0
            ),
            TextualInversion(ref=ModelRef(id="bad-hands", hash="ef" * 32), weight=1.0),
        ),
    )
    text = to_infotext(made)
    assert text.endswith(
        'Emphasis: Original, Lora hashes: "ink: ababababab, b/Oil, wet: cdcdcdcdcd", '
        'TI hashes: "bad-hands: efefefefef", Version: sdgui 0.1.0'
    )
    read = from_infotext(text)
    assert read.lora_hashes == {"ink": "ababababab", "b/Oil, wet": "cdcdcdcdcd"}
    assert read.word_hashes == {"bad-hands": "efefefefef"}
    assert from_infotext(to_infotext(spec())).lora_hashes == {}


def test_hashes_of_a1111_are_read_with_all_their_digits() -> None:
    read = from_infotext('x\nSteps: 1, Sampler: Euler, Seed: 1, Lora hashes: "ink: ABCDEF012345"')
    assert read.lora_hashes == {"ink": "abcdef012345"}


def test_corrections_stand_where_a1111_writes_them() -> None:
    correction = Correction(prediction_type="v_prediction", zero_snr=True, clip_skip=2)
    text = to_infotext(spec(correction=correction))
    assert (
        "Clip skip: 2, Noise Schedule: Zero Terminal SNR, Prediction type: v_prediction, " in text
    )
    assert from_infotext(text).clip_skip == 2
    vae = ModelRef(id="vae-ft-mse", hash="735e4c3a44" + "0" * 54)
    text = to_infotext(spec(correction=Correction(vae=vae)))
    assert "VAE hash: 735e4c3a44, VAE: vae-ft-mse.safetensors, " in text
    read = from_infotext(text)
    assert (read.vae, read.vae_hash) == ("vae-ft-mse", "735e4c3a44")
    plain = to_infotext(spec())
    assert "VAE" not in plain
    assert "Clip skip" not in plain and "Noise Schedule" not in plain
    assert from_infotext(plain).clip_skip is None
