"""Pictures whose prompts are weighed and of any length: alone as in company, and without emphasis as ever."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sdgui.batches import MAX_CHUNKS, with_chunks
from sdgui.engine.families.sd1.family import StableDiffusion1
from sdgui.engine.loader import Plain
from sdgui.events import Decoded, Preview, TaskFailed
from sdgui.spec import PictureSpec
from tests.engine.conftest import Lab, of_type
from tests.engine.test_pictures import ONE_LEVEL, largest_difference

LONG = "red " * 76
LONGER = "(cat:1.5) " + "red " * 150
MIXED = (
    {"prompt": "a (red:1.4) cat"},
    {"prompt": LONG},
    {"prompt": "cat", "negative_prompt": LONGER},
    {"prompt": "red BREAK BREAK cat", "negative_prompt": "[car]"},
    {"prompt": "BREAK cat BREAK"},
    {"prompt": "cat " * 75},
)


def asked(lab: Lab, **settings: Any) -> PictureSpec:
    (spec,) = lab.specs(**{"emphasis": True, "steps": 3, **settings})
    return spec


def mixed(lab: Lab) -> tuple[PictureSpec, ...]:
    return tuple(asked(lab, **settings) for settings in MIXED)


def test_weights_change_the_picture(lab: Lab) -> None:
    plain, heavy, none = (
        lab.pictures((asked(lab, prompt=prompt, steps=5, guidance=7.0),))[0]
        for prompt in ("red cat", "(red:3) cat", "(red:0) cat")
    )
    assert largest_difference(plain, heavy) > 0
    assert largest_difference(plain, none) > 0


def test_what_stands_behind_the_first_75_tokens_is_read(lab: Lab) -> None:
    one, other = (
        lab.pictures((asked(lab, prompt="red " * 75 + word, guidance=7.0),))[0]
        for word in ("cat", "car")
    )
    assert largest_difference(one, other) > 0


@pytest.mark.parametrize("emphasis", [True, False])
def test_a_plain_prompt_of_one_chunk_is_the_same_picture(lab: Lab, emphasis: bool) -> None:
    spec = asked(lab, prompt="a red car", negative_prompt="cat", emphasis=emphasis)
    np.testing.assert_array_equal(
        lab.pictures((spec,))[0], lab.pictures((replace(spec, emphasis=False),))[0]
    )


def test_alone_and_in_company_of_other_lengths_a_picture_is_the_same(lab: Lab) -> None:
    specs = mixed(lab)
    for spec, picture in zip(specs, lab.pictures(specs), strict=True):
        assert largest_difference(lab.pictures((spec,))[0], picture) <= ONE_LEVEL


def test_counted_ahead_or_not_a_picture_is_the_same(lab: Lab) -> None:
    specs = mixed(lab)
    counted = with_chunks(specs, lab.catalog.measure_prompt)
    assert [spec.chunks for spec in counted] == [1, 2, 3, 3, 2, 1]
    for one, other in zip(lab.pictures(specs), lab.pictures(counted), strict=True):
        assert largest_difference(one, other) <= ONE_LEVEL


def test_pictures_of_equally_many_chunks_are_made_together(lab: Lab) -> None:
    events = of_type(lab.run(mixed(lab)), Decoded)
    places = {event.task: event.notes["place in batch"] for event in events}
    assert places == {
        "0": "1 of 2", "5": "2 of 2", "1": "1 of 2", "4": "2 of 2", "2": "1 of 2", "3": "2 of 2",
    }  # fmt: skip


def test_a_negative_prompt_that_is_not_read_changes_nothing(lab: Lab) -> None:
    one, other = (
        lab.pictures((asked(lab, prompt="cat", guidance=1.0, negative_prompt=negative),))[0]
        for negative in ("", LONGER)
    )
    np.testing.assert_array_equal(one, other)


def test_every_picture_is_previewed_whatever_the_length_of_its_prompt(lab: Lab) -> None:
    lab.clock.tick = 1.0
    specs = tuple(replace(spec, steps=8) for spec in mixed(lab))
    previews = of_type(lab.run(specs), Preview)
    assert {task for preview in previews for task in preview.tasks} == {
        str(i) for i in range(len(specs))
    }


def test_what_is_cancelled_leaves_the_other_lengths_alone(lab: Lab) -> None:
    specs = mixed(lab)
    events = lab.run(specs, is_cancelled=lambda task: task in ("1", "4"))
    assert {event.task for event in of_type(events, Decoded)} == {"0", "2", "3", "5"}
    assert not of_type(events, TaskFailed)


def test_a_prompt_that_is_too_long_fails_alone(lab: Lab) -> None:
    specs = (asked(lab, prompt="cat"), asked(lab, prompt="red BREAK " * MAX_CHUNKS + "cat"))
    events = lab.run(specs)
    assert [event.task for event in of_type(events, Decoded)] == ["0"]
    (failed,) = of_type(events, TaskFailed)
    assert (failed.task, f"at most {MAX_CHUNKS}" in failed.message) == ("1", True)


def test_a_family_that_cannot_weigh_fails_instead_of_leaving_the_weights_out(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StableDiffusion1, "weigher", None)
    (failed,) = of_type(lab.run((asked(lab, prompt="(cat)"),)), TaskFailed)
    assert failed.message == "This model cannot weigh words of a prompt."
    lab.pictures((asked(lab, prompt="(cat)", emphasis=False),))


def test_without_emphasis_brackets_are_letters_as_ever(lab: Lab) -> None:
    """The embeddings are those of diffusers' own prompt path, bit for bit."""
    spec = asked(lab, prompt="a ((red:1.3) [car] BREAK cat", emphasis=False)
    lab.pictures((spec,))
    warm = lab.engine._loader.get(spec.model, lambda event: None)
    (encoded,) = warm.prompts.embed([Plain(prompt=spec.prompt)])
    own, _ = warm.pipe.encode_prompt(spec.prompt, "cpu", 1, False)
    assert encoded.equal(own)


def test_a_picture_is_matched_with_its_words_alone(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = asked(lab, prompt="a (red:1.3) cat")
    lab.pictures((spec,))
    warm = lab.engine._loader.get(spec.model, lambda event: None)
    asked_with: list[str] = []

    def match(prompt: str, _pixels: object) -> float:
        asked_with.append(prompt)
        return 0.5

    monkeypatch.setattr(warm, "similarity", SimpleNamespace(match=match))
    lab.pictures((spec, replace(spec, seed=2)))
    assert asked_with == ["a red cat"] * 2
