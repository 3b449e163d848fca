"""Settings in an address: what is written of a picture is read back the same, and all else is named."""

from dataclasses import replace

import httpx
import pytest

from sdgui.people import Allowance
from sdgui.spec import MAX_COUNT, DreamRequest
from sdgui.web.links.dream_again import LONGEST, asked_in, query_of, sentence_of
from tests.studio.conftest import ManyModels, OneModel


def read(query: str) -> tuple[dict[str, object], list[str]]:
    params = dict(httpx.QueryParams(query))
    return asked_in(params, ManyModels("other"), "demo")


def test_what_made_a_picture_is_read_back_from_its_address() -> None:
    info = OneModel().describe("demo")
    asked = DreamRequest(
        prompt="a “red” boat & <b>\nfog", negative_prompt="ü", seed=2**32 - 1, steps=7, width=128,
        height=64, guidance=3.5, emphasis=True,
    )  # fmt: skip
    [spec] = asked.resolve(info, lambda: 0)
    query = query_of(spec, count=MAX_COUNT, settings=True)
    assert query is not None
    values, faults = read(query)
    assert faults == []
    wanted = {
        "prompt": spec.prompt, "negative_prompt": "ü", "seed": "4294967295", "lock": True,
        "steps": 7, "width": 128, "height": 64, "guidance": 3.5, "count": 16, "model": "demo",
        "sampler": spec.sampler_name, "emphasis": True, "aspect": "W×H", "correction": "",
    }  # fmt: skip
    assert values == wanted
    wall = query_of(spec, count=1, settings=True, compare={"mode": "wall", "wall_count": 36})
    assert wall is not None and read(wall)[0].items() >= {"mode": "wall", "wall_count": 36}.items()
    plain = query_of(spec, count=4, settings=False)
    assert plain is not None
    assert read(plain)[0] == {"prompt": spec.prompt, "negative_prompt": "ü"}
    without = query_of(replace(spec, negative_prompt=""), count=1, settings=True)
    assert without is not None and read(without)[0]["negative_prompt"] == ""
    assert query_of(replace(spec, prompt="🦖" * LONGEST), count=1, settings=False) is None


def test_what_is_not_said_stays_as_it_is() -> None:
    assert read("prompt=a+cat") == ({"prompt": "a cat"}, [])
    assert read("cfg=0") == ({"guidance": 1.0}, [])
    assert read("seed=") == ({}, [])
    values, faults = read("model=other")
    assert faults == [] and values["model"] == "other" and "steps" in values
    assert "prompt" not in values and "count" not in values


def test_a_sampler_is_known_however_its_letters_are_written() -> None:
    name = OneModel().describe("demo").samplers[0]
    for written in (name, name.upper(), f" {name.lower()} "):
        assert read(str(httpx.QueryParams({"sampler": written}))) == ({"sampler": name}, [])


def test_guests_learn_nothing_of_models_that_they_may_not_choose() -> None:
    guest = Allowance(only=("demo",))
    values, faults = asked_in({"model": "other"}, ManyModels("other"), "demo", guest)
    assert values == {} and faults == ["the model “other” (not here)"]
    assert asked_in({"model": "demo"}, ManyModels("other"), "demo", guest)[1] == []


def test_what_is_more_than_whoever_opens_it_may_have_is_kept_and_what_nobody_may_is_named() -> None:
    guest = Allowance(steps=50, pictures=8, pixels=128 * 128)
    asked = {"steps": "150", "count": "9", "wall_count": "9", "size": "256x128", "cfg": "99"}
    values, faults = asked_in(asked, ManyModels("other"), "demo", guest)
    assert [values[name] for name in ("steps", "count", "wall_count", "width")] == [150, 9, 9, 256]
    assert faults == ["cfg scale “99” (0 to 30)"]
    assert asked_in({"steps": "500"}, ManyModels("other"), "demo", guest)[1] == [
        "steps “500” (1 to 150)"
    ]


def test_what_an_address_says_under_other_names_is_for_others_and_is_not_named() -> None:
    assert read("prompt=a&utm_source=x&token=y&tab=history&stepss=9") == ({"prompt": "a"}, [])


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("steps=900", "steps “900” (1 to 150)"),
        ("steps=ten", "steps “ten” (1 to 150)"),
        ("cfg=nan", "cfg scale “nan” (0 to 30)"),
        ("seed=4294967296", "seed “4294967296” (0 to 4,294,967,295)"),
        ("count=0", "number of images “0” (1 to 16)"),
        ("size=banana", "the size “banana” (64 to 256 in steps of 8)"),
        ("size=99999x64", "the size “99999x64” (64 to 256 in steps of 8)"),
        ("sampler=Magic", "the sampler “Magic” (not one of demo)"),
        ("model=../../etc/passwd", "the model “../../etc/passwd” (not here)"),
        ("emphasis=maybe", "emphasis “maybe” (1 or 0)"),
        ("mode=tower", "mode “tower” (wall, variations, grid)"),
        ("prompt=" + "x" * 2001, f"prompt “{'x' * 40}…” (at most 2,000 characters of text)"),
    ],
)
def test_what_cannot_be_set_is_named(query: str, fault: str) -> None:
    values, faults = read(f"{query}&negative_prompt=dogs")
    assert faults == [fault] and values == {"negative_prompt": "dogs"}
    assert sentence_of(faults) == f"The address asks for what cannot be set here: {fault}."
    assert sentence_of([]) == ""
