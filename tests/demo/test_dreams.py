"""What the embedded model dreams, as the judge sees it."""

from functools import cache

import numpy as np
import pytest

from sdgui.api import Dreamt, dream
from sdgui.demo.embedded import EMBEDDED
from sdgui.demo.training.judge import Judge, load_judge
from sdgui.engine.catalog import Catalog

COUNT = 8


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge()


@cache
def dreamt(
    prompt: str, guidance: float | None = None, negative_prompt: str = ""
) -> tuple[Dreamt, ...]:
    """Eight pictures, always of the same seeds."""
    return dream(
        prompt, negative_prompt=negative_prompt, guidance=guidance, seed=500, count=COUNT, steps=10
    )


def share(judge: Judge, made: tuple[Dreamt, ...], **named: str) -> float:
    """How many of the pictures show all that is named, 0 to 1."""
    verdicts = judge.classify([one.image for one in made])
    right = [all(getattr(v, what) == name for what, name in named.items()) for v in verdicts]
    return float(np.mean(right))


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        ("a red house in the snow", {"thing": "house", "colour": "red", "place": "snow"}),
        ("a blue boat at sea", {"thing": "boat", "colour": "blue", "place": "sea"}),
        ("a green car in the desert", {"thing": "car", "colour": "green", "place": "desert"}),
    ],
)
def test_most_pictures_show_what_was_asked(
    judge: Judge, prompt: str, named: dict[str, str]
) -> None:
    assert share(judge, dreamt(prompt), **named) >= 0.75


def test_the_first_prompt_of_the_tutorials_gives_a_grey_pencil_car(judge: Judge) -> None:
    made = dreamt("A grey sketch on paper of a Ferrari car, full car, pencil art")
    assert share(judge, made, thing="car", style="pencil sketch") >= 0.75


def test_guidance_moves_pictures_towards_the_prompt(judge: Judge) -> None:
    prompt = "a purple rocket in the night sky, neon"
    asked = {"thing": "rocket", "colour": "purple", "place": "night sky", "style": "neon"}
    free, guided = dreamt(prompt, 1.0), dreamt(prompt, 5.0)
    # A quarter of the pictures more; on other machines a picture or two may come out otherwise.
    assert share(judge, guided, **asked) >= share(judge, free, **asked) + 0.25
    assert share(judge, guided, thing="rocket") >= 0.75


def test_a_negative_prompt_moves_pictures_away(judge: Judge) -> None:
    plain = dreamt("a house", 5.0)
    seen = [verdict.place for verdict in judge.classify([one.image for one in plain])]
    places = [place for place in seen if place is not None]
    usual = max(sorted(set(places)), key=places.count)
    without = dreamt("a house", 5.0, usual)
    assert share(judge, without, place=usual) < share(judge, plain, place=usual)


def test_defaults_and_examples_come_with_the_model() -> None:
    info = Catalog("demo", embedded=EMBEDDED).describe("demo")
    assert (info.width, info.height) >= (128, 128)
    assert (info.min_size, info.max_size, info.size_step) == (64, 256, 8)
    assert len(info.examples) >= 6
