"""A seed is a promise: alone or in company, again and again, the same picture."""

from dataclasses import replace

import numpy as np
import pytest

from sdgui.events import Decoded, Stepped, TaskFailed
from sdgui.samplers import SAMPLER_NAMES
from tests.engine.conftest import Lab, of_type

# Pixels are 8 bits: where two floats on either side of a rounding border differ by 1e-6, the bytes differ by 1.
ONE_LEVEL = 1


def largest_difference(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


@pytest.mark.parametrize("sampler", SAMPLER_NAMES)
def test_batch_picture_equals_the_single(lab: Lab, sampler: str) -> None:
    specs = lab.specs(count=3, sampler=sampler)
    together = lab.pictures(specs)
    for spec, picture in zip(specs, together, strict=True):
        assert largest_difference(lab.pictures((spec,))[0], picture) <= ONE_LEVEL


def test_same_spec_twice_gives_the_same_pixels(lab: Lab) -> None:
    specs = lab.specs(count=2, sampler="Euler a")
    for first, second in zip(lab.pictures(specs), lab.pictures(specs), strict=True):
        assert np.array_equal(first, second)


def test_seeds_differ(lab: Lab) -> None:
    first, second = lab.pictures(lab.specs(count=2))
    assert largest_difference(first, second) > 10


def test_prompts_mix_in_a_batch(lab: Lab) -> None:
    (spec,) = lab.specs()
    other = replace(spec, prompt="cat", negative_prompt="red")
    mixed = lab.pictures((spec, other))
    assert largest_difference(mixed[0], lab.pictures((spec,))[0]) <= ONE_LEVEL
    assert largest_difference(mixed[1], lab.pictures((other,))[0]) <= ONE_LEVEL
    assert largest_difference(*mixed) > 0


def test_guidance_up_to_one_ignores_the_negative_prompt(lab: Lab) -> None:
    pictures = [
        lab.pictures(lab.specs(guidance=guidance, negative_prompt=negative))[0]
        for guidance in (0.0, 1.0)
        for negative in ("", "cat")
    ]
    for picture in pictures[1:]:
        assert np.array_equal(pictures[0], picture)


@pytest.mark.parametrize(
    ("width", "height"), [(64, 64), (72, 136), (128, 96), (200, 64), (256, 256)]
)
def test_sizes_come_out_as_asked(lab: Lab, width: int, height: int) -> None:
    (picture,) = lab.pictures(lab.specs(width=width, height=height, steps=1))
    assert picture.shape == (height, width, 3)
    assert picture.dtype == np.uint8


@pytest.mark.parametrize(
    "prompt", ["🦕 cars", "سيارة حمراء", "<script>alert(1)</script>", "x " * 900, "\n\t!"]
)
def test_any_text_is_a_prompt(lab: Lab, prompt: str) -> None:
    lab.pictures(lab.specs(prompt=prompt, steps=1))


def test_steps_count_what_the_sampler_really_does(lab: Lab) -> None:
    for sampler, evaluations in (("Euler", 5), ("Heun", 9), ("PNDM", 6)):
        steps = of_type(lab.run(lab.specs(sampler=sampler)), Stepped)
        assert [step.step for step in steps] == list(range(1, evaluations + 1))
        assert {step.steps for step in steps} == {evaluations}


def test_notes_tell_how_a_picture_was_made(lab: Lab) -> None:
    notes = [event.notes for event in of_type(lab.run(lab.specs(count=2)), Decoded)]
    assert notes[1]["place in batch"] == "2 of 2"
    assert notes[0]["device"] == "cpu"
    assert notes[0]["dtype"] == "float32"
    assert {"torch", "diffusers"} <= set(notes[0])


def test_numbers_that_run_over_fail_that_picture_and_not_the_next_batch(lab: Lab) -> None:
    unet = warm_pipe(lab).unet
    hook = unet.conv_out.register_forward_hook(
        lambda _module, _inputs, output: output.index_fill(0, output.new_tensor([1]).long(), np.nan)
    )
    try:
        events = lab.run(lab.specs(count=2, guidance=1.0))
    finally:
        hook.remove()
    (failed,) = of_type(events, TaskFailed)
    (done,) = of_type(events, Decoded)
    assert (done.task, failed.task) == ("0", "1")
    assert "ran over" in failed.message
    lab.pictures(lab.specs())


def test_a_decode_that_runs_over_is_done_again_in_float32(lab: Lab) -> None:
    vae = warm_pipe(lab).vae
    calls = []

    def first_time_nan(_module: object, _inputs: object, output):  # type: ignore[no-untyped-def]
        calls.append(1)
        return output * np.nan if len(calls) == 1 else output

    hook = vae.decoder.register_forward_hook(first_time_nan)
    try:
        events = lab.run(lab.specs())
    finally:
        hook.remove()
    (done,) = of_type(events, Decoded)
    assert done.notes["decoding"] == "decoded in float32"
    assert np.array_equal(done.pixels, lab.pictures(lab.specs())[0])


def warm_pipe(lab: Lab):  # type: ignore[no-untyped-def]
    lab.pictures(lab.specs(steps=1))
    return lab.engine._loader.get(lab.specs()[0].model, lambda event: None).pipe
