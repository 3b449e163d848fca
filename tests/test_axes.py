"""Each axis reads its values, names them and changes a request."""

from dataclasses import replace

import pytest

from sdgui.axes import AXES, NOTHING, AxisRequest, axis_title, read_axis, written_axis
from sdgui.errors import UserError
from sdgui.spec import DreamRequest

BASE = DreamRequest(prompt="a red cat beside a cat", negative_prompt="cat hair", seed=1)


def labels(name: str, values: str) -> tuple[str, ...]:
    return read_axis(AxisRequest(name=name, values=values)).axis.labels


def changed(name: str, values: str, base: DreamRequest = BASE) -> list[DreamRequest]:
    read = read_axis(AxisRequest(name=name, values=values))
    return [choice.change(base) for choice in read.values]


def test_these_are_the_axes() -> None:
    assert AXES == (
        "Seed",
        "Steps",
        "Cfg scale",
        "Sampler",
        "Schedule",
        "Size",
        "Prompt S/R",
        "Prompt",
        "What to avoid",
        "Model",
        "Variation strength",
        "LoRA",
        "LoRA weight",
    )


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("steps", "Steps"),
        ("STEPS", "Steps"),
        ("variation_strength", "Variation strength"),
        ("Variation Strength", "Variation strength"),
        ("negative_prompt", "What to avoid"),
        ("Negative Prompt", "What to avoid"),
        ("guidance", "Cfg scale"),
        ("CFG Scale", "Cfg scale"),
        ("prompt s/r", "Prompt S/R"),
        ("prompt_sr", "Prompt S/R"),
        ("prompt", "Prompt"),
    ],
)
def test_axes_are_named_in_any_case(name: str, title: str) -> None:
    assert axis_title(name) == title


@pytest.mark.parametrize("name", ["", "stepz", "step s and more", "X" * 900, "<b>"])
def test_an_unknown_axis_is_named_with_those_that_there_are(name: str) -> None:
    with pytest.raises(UserError, match="no axis called") as fault:
        axis_title(name)
    assert "Variation strength" in fault.value.hint
    assert len(fault.value.message) < 100


@pytest.mark.parametrize(
    ("name", "values", "field", "result", "named"),
    [
        ("Seed", "0, 5-6", "seed", [0, 5, 6], ("0", "5", "6")),
        ("Steps", "10-20 [3]", "steps", [10, 15, 20], ("10", "15", "20")),
        ("Guidance", "1-2 (+0.5)", "guidance", [1.0, 1.5, 2.0], ("1", "1.5", "2")),
        ("Sampler", "euler A, ddim", "sampler", ["Euler a", "DDIM"], ("Euler a", "DDIM")),
        ("Prompt", 'a dog, "a cat, red"', "prompt", ["a dog", "a cat, red"], None),
        ("Negative prompt", "blurry\nugly", "negative_prompt", ["blurry", "ugly"], None),
        ("Model", "demo, own/one", "model", ["demo", "own/one"], None),
        ("Variation strength", "0-1 [3]", "variation_strength", [0.0, 0.5, 1.0], ("0", "0.5", "1")),
    ],
)
def test_each_value_sets_its_field(
    name: str, values: str, field: str, result: list[object], named: tuple[str, ...] | None
) -> None:
    assert [getattr(request, field) for request in changed(name, values)] == result
    assert labels(name, values) == (tuple(map(str, result)) if named is None else named)


def test_a_size_sets_width_and_height() -> None:
    (wide, tall) = changed("size", "192x128, 128×192")
    assert (wide.width, wide.height, tall.width, tall.height) == (192, 128, 128, 192)
    assert labels("size", "192x128, 128×192") == ("192 × 128", "128 × 192")


def test_nothing_but_the_field_is_changed() -> None:
    (request,) = changed("steps", "9")
    assert request == DreamRequest(
        prompt=BASE.prompt, negative_prompt=BASE.negative_prompt, seed=1, steps=9
    )


def test_the_first_text_is_replaced_everywhere_by_each() -> None:
    plain, dog, none = changed("Prompt S/R", 'cat, dog, ""')
    assert plain == BASE
    assert dog.prompt == "a red dog beside a dog"
    assert dog.negative_prompt == "dog hair"
    assert none.prompt == "a red  beside a "
    assert labels("Prompt S/R", 'cat, dog, ""') == ("cat", "dog", NOTHING)


def test_what_is_replaced_is_not_searched_again() -> None:
    assert changed("Prompt S/R", "cat, cat and cat")[1].prompt == (
        "a red cat and cat beside a cat and cat"
    )


@pytest.mark.parametrize("search", ["dog", "Cat", "hair", ".*"])
def test_a_text_that_is_not_in_the_prompt_is_refused(search: str) -> None:
    with pytest.raises(UserError, match="is not in the prompt") as fault:
        changed("Prompt S/R", f"{search}, bird")
    assert f"“{search}”" in fault.value.message


def test_an_empty_text_is_not_searched_for() -> None:
    with pytest.raises(UserError, match="what to search for"):
        changed("Prompt S/R", ", cat")


def test_an_empty_negative_prompt_has_a_label() -> None:
    assert labels("Negative prompt", 'blurry, ""') == ("blurry", NOTHING)
    assert changed("Negative prompt", 'blurry, ""')[1].negative_prompt == ""


def test_a_long_prompt_is_kept_whole_in_its_label() -> None:
    assert labels("Prompt", "x" * 1500) == ("x" * 1500,)


@pytest.mark.parametrize("name", AXES)
@pytest.mark.parametrize("values", ["", "  ", ",", "\n"])
def test_an_axis_without_values_is_refused(name: str, values: str) -> None:
    with pytest.raises(UserError, match=f"The axis {name} has no values"):
        read_axis(AxisRequest(name=name, values=values))


def test_equal_values_are_taken_once_and_that_is_said() -> None:
    read = read_axis(AxisRequest(name="steps", values="20, 1-3, 2, 20.0"))
    assert read.axis.labels == ("20", "1", "2", "3")
    assert read.notices == ("The axis Steps has equal values; each is taken once.",)


def test_values_that_differ_are_no_news() -> None:
    assert read_axis(AxisRequest(name="steps", values="1-3")).notices == ()


def test_values_that_are_not_text_are_refused() -> None:
    with pytest.raises(UserError, match="must be text"):
        read_axis(AxisRequest(name="steps", values=20))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Seed", "1-3, 9"),
        ("Cfg scale", "1-7 [4]"),
        ("Size", "64x64, 128x64"),
        ("Sampler", "Euler, DPM++ 2M Karras"),
        ("Prompt", 'a cat\na dog, brown\n"said ""hi"""'),
        ("Prompt", '"one, alone"'),
        ("Prompt S/R", 'cat, , "fish, blue"'),
        ("What to avoid", '"", fog'),
        ("Model", "demo"),
        ("Variation strength", "0-1 [6]"),
        ("LoRA", "none, ink:0.8, oil paint:0.5:1 + ink"),
        ("LoRA weight", "-1-1 (+0.5)"),
    ],
)
def test_an_axis_is_written_as_it_is_read(name: str, values: str) -> None:
    axis = read_axis(AxisRequest(name=name, values=values)).axis
    assert read_axis(written_axis(axis)).axis == axis


INKED = replace(BASE, prompt="a cat<lora:Ink:0.3> <lora:fog:1>", emphasis=True)


def prompts(name: str, values: str, base: DreamRequest = INKED) -> list[str]:
    read = read_axis(AxisRequest(name=name, values=values))
    return [choice.change(base).prompt for choice in read.values]


def test_of_the_loras_that_an_axis_names_each_value_has_its_own() -> None:
    assert prompts("lora", "none, ink:0.8, oil paint:te=0.5:unet=1 + ink") == [
        "a cat <lora:fog:1>",
        "a cat <lora:fog:1><lora:ink:0.8>",
        "a cat <lora:fog:1><lora:oil paint:te=0.5:unet=1><lora:ink>",
    ]
    assert labels("LoRA", "None, <lora:ink:0.8>") == ("none", "ink:0.8")


def test_a_weight_is_that_of_every_lora_in_the_prompt() -> None:
    assert prompts("LoRA weight", "-1, 0.50") == [
        "a cat<lora:Ink:-1> <lora:fog:-1>",
        "a cat<lora:Ink:0.5> <lora:fog:0.5>",
    ]


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("LoRA", "ink:abc", "The weight in “ink:abc” is not a number"),
        ("LoRA", "ink:3", "The weight in “ink:3” is not a number"),
        ("LoRA", "<lora:ink", "is no LoRA"),
        ("LoRA", "ink + <", "is no LoRA"),
        ("LoRA weight", "0.5, 2.5", "weighs from -2 to 2"),
        ("LoRA weight", "abc", "neither a number nor a range"),
    ],
)
def test_what_is_no_lora_or_no_weight_of_one_is_refused(
    name: str, values: str, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        read_axis(AxisRequest(name=name, values=values))


@pytest.mark.parametrize(("name", "values"), [("LoRA", "ink"), ("LoRA weight", "1")])
def test_where_brackets_are_plain_text_loras_are_no_axis(name: str, values: str) -> None:
    with pytest.raises(UserError, match="needs emphasis"):
        prompts(name, values, replace(INKED, emphasis=False))
