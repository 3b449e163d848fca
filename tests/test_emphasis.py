"""The brackets of a prompt mean what A1111 documents, and nothing that is written makes the reader fail."""

import math
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sdgui.emphasis import MAX_WEIGHT, LoraTag, Words, read_prompt

SYNTAX = st.lists(
    st.sampled_from(
        [*"()[]:|\\<>", "a", " ", ",", "1.3", ":1.3)", ":0.5]", ":-.5)", "BREAK", "<lora:x:", "te="]
    ),
    max_size=40,
).map("".join)
PLAIN = st.text(st.characters(exclude_categories=("Cs",))).filter(
    lambda text: "BREAK" not in text and "<lora:" not in text.casefold()
)


def weighed(text: str) -> list[tuple[str, float]]:
    """The runs of a prompt without BREAK."""
    (part,) = read_prompt(text).parts
    return [(one.text, one.weight) for one in part]


def escaped(text: str) -> str:
    return re.sub(r"([\\()\[\]])", r"\\\1", text)


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("", []),
        ("normal text", [("normal text", 1)]),
        ("an (important) word", [("an ", 1), ("important", 1.1), (" word", 1)]),
        ("[less] so", [("less", 0.909091), (" so", 1)]),
        ("(red:1.3) boat", [("red", 1.3), (" boat", 1)]),
        ("(red : 1.3 ) boat", [("red ", 1.3), (" boat", 1)]),
        ("(red:.5)(blue:-1)(green:2.)", [("red", 0.5), ("blue", -1), ("green", 2)]),
        ("(none:0)", [("none", 0)]),
        ("((very))", [("very", 1.21)]),
        ("([even])", [("even", 1)]),
        ("[(even)] so", [("even so", 1)]),
        ("(a (b:2) c:3)", [("a ", 3), ("b", 6), (" c", 3)]),
        (
            "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
            [
                ("a ", 1), ("house", 1.573), (" ", 1.1), ("on", 1), (" a ", 1.1), ("hill", 0.55),
                (", sun, ", 1.1), ("sky", 1.4641), (".", 1.1),
            ],
        ),
        ("(one)(word)", [("oneword", 1.1)]),
        ("(red:1.1)(green)", [("redgreen", 1.1)]),
        ("(unbalanced", [("unbalanced", 1.1)]),
        ("[unbalanced", [("unbalanced", 0.909091)]),
        ("un)balanced] so:1.3)", [("un)balanced] so:1.3)", 1)]),
        ("(a [b) c]", [("a ", 1.1), ("b", 1), (" c", 0.909091)]),
        ("()[]", []),
        (r"\(literal\]", [("(literal]", 1)]),
        (r"(smile \(wide\):1.2)", [("smile (wide)", 1.2)]),
        (r"\\(a)", [("\\", 1), ("a", 1.1)]),
        (r"C:\new \o/", [(r"C:\new \o/", 1)]),
        ("a C++ book, \"quoted\" 'so' 5:3", [("a C++ book, \"quoted\" 'so' 5:3", 1)]),
        ("(a:1.2.3)", [("a:1.2.3", 1.1)]),
        ("(a:1,3) (b:x)", [("a:1,3", 1.1), (" ", 1), ("b:x", 1.1)]),
        ("a cat AND a dog", [("a cat AND a dog", 1)]),
        ("[red:blue:0.5] hat", [("[red:blue:0.5] hat", 1)]),
        ("[red:0.5] [red::3] hat", [("[red:0.5] [red::3] hat", 1)]),
        ("(a [cow|horse] field:2)", [("a [cow|horse] field", 2)]),
        ("[a|b", [("a|b", 0.909091)]),
        ("a | b", [("a | b", 1)]),
        ("[(red:2):blue:0.5]", [("[", 1), ("red", 2), (":blue:0.5]", 1)]),
        ("breakBREAKbreak BREAKS", [("breakBREAKbreak BREAKS", 1)]),
        ("<hypernet:x:1> a < b > c", [("<hypernet:x:1> a < b > c", 1)]),
    ],
)  # fmt: skip
def test_brackets_weigh_as_documented(text: str, runs: list[tuple[str, float]]) -> None:
    assert weighed(text) == runs


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a BREAK b", [["a "], [" b"]]),
        ("BREAK a", [[], [" a"]]),
        ("a BREAK", [["a "], []]),
        ("BREAK", [[], []]),
        ("a\nBREAK\nBREAK, b", [["a\n"], ["\n"], [", b"]]),
    ],
)
def test_break_parts_the_prompt(text: str, parts: list[list[str]]) -> None:
    assert [[one.text for one in part] for part in read_prompt(text).parts] == parts


def test_break_within_brackets_parts_too_and_what_follows_keeps_its_weight() -> None:
    assert read_prompt("(a BREAK b:1.2)").parts == (
        (Words(text="a ", weight=1.2),),
        (Words(text=" b", weight=1.2),),
    )


@pytest.mark.parametrize(
    ("text", "weight"), [("(a:99)", MAX_WEIGHT), ("(a:-99)", -MAX_WEIGHT), ("(" * 40 + "a", MAX_WEIGHT)]
)  # fmt: skip
def test_weights_have_a_limit_and_the_reader_says_so(text: str, weight: float) -> None:
    read = read_prompt(text)
    assert read.is_limited
    assert read.emphasised == (Words(text="a", weight=weight),)


def test_a_weight_at_the_limit_is_as_it_was_asked() -> None:
    assert not read_prompt(f"(a:{MAX_WEIGHT}) (b:-{MAX_WEIGHT})").is_limited


def test_only_words_that_weigh_otherwise_are_emphasised() -> None:
    read = read_prompt("a ( red ), ( ), (plain:1), [dim] BREAK (boat:2)")
    assert [(one.text, one.weight) for one in read.emphasised] == [
        ("red", 1.1), ("dim", 0.909091), ("boat", 2),
    ]  # fmt: skip


def test_the_words_alone_are_what_is_said() -> None:
    assert read_prompt("a (red:1.3) [boat] <lora:x:1>BREAK sea").text == "a red boat   sea"


@pytest.mark.parametrize(
    ("tag", "name", "unet", "text_encoder"),
    [
        ("<lora:ink>", "ink", 1, 1),
        ("<lora:ink:0.8>", "ink", 0.8, 0.8),
        ("<lora:ink:0.8:0.5>", "ink", 0.5, 0.8),
        ("<lora:ink:te=0.8:unet=0.5>", "ink", 0.5, 0.8),
        ("<lora:ink:unet=0.5>", "ink", 0.5, 1),
        ("<lora:ink:0.8:unet=-2>", "ink", -2, 0.8),
        ("<LoRA: a name, (v2) BREAK :.5>", "a name, (v2) BREAK", 0.5, 0.5),
        ("<lora:ink:abc>", "ink", None, None),
        ("<lora:ink:1:>", "ink", None, 1),
        ("<lora:ink:9>", "ink", None, None),
        ("<lora:ink:nan:inf>", "ink", None, None),
    ],
)
def test_a_lora_is_taken_out_of_the_text(
    tag: str, name: str, unet: float | None, text_encoder: float | None
) -> None:
    read = read_prompt(f"a (boat{tag}:1.2)")
    assert read.parts == read_prompt("a (boat:1.2)").parts
    assert read.loras == (LoraTag(name=name, written=tag, unet=unet, text_encoder=text_encoder),)


@pytest.mark.parametrize("text", ["<lora:>", "<lora: :1>", "<lora:a", "<lora:<b>", "<lora::0.5>"])
def test_what_names_no_lora_is_text(text: str) -> None:
    read = read_prompt(text)
    assert read.loras == ()
    assert weighed(text) == [(text, 1)]


@given(SYNTAX | st.text())
def test_whatever_is_written_is_read(text: str) -> None:
    read = read_prompt(text)
    assert all(abs(one.weight) <= MAX_WEIGHT for part in read.parts for one in part)
    assert all(one.text for part in read.parts for one in part)


@given(PLAIN)
def test_escaped_text_is_read_as_it_is(text: str) -> None:
    assert weighed(escaped(text)) == ([(text, 1)] if text else [])


@given(PLAIN, SYNTAX)
def test_words_that_stand_apart_keep_their_weight(text: str, other: str) -> None:
    """A part of its own, after brackets that are closed or escaped, is not touched by what stands before."""
    assume("<lora:" not in other.rpartition(">")[2])  # a tag that is open reaches to the next ">"
    closed = f"({escaped(other)}:1.7) BREAK {escaped(text)}"
    last = read_prompt(closed).parts[-1]
    assert [(one.text, one.weight) for one in last] == [(f" {text}", 1)]


@given(st.lists(st.floats(-3, 3), max_size=6))
def test_weights_multiply(weights: list[float]) -> None:
    closing = "".join(f":{weight:.3f})" for weight in weights)
    read = read_prompt("x, " + "(" * len(weights) + "y" + closing)
    exact = math.prod(float(f"{weight:.3f}") for weight in weights)
    limited = min(max(exact, -MAX_WEIGHT), MAX_WEIGHT)
    assert read.parts[0][-1].weight == pytest.approx(limited, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000, "[" * 20_000, ")" * 20_000, "(" * 10_000 + ")" * 10_000, "([" * 10_000, "[|" * 10_000,
        "(a:9)" * 4_000, "(" * 6_000 + ":9)" * 6_000, "\\" * 20_000, ":" * 20_000, " " * 20_000 + "BREAK",
        ": " * 10_000, ":1" * 10_000, ":" + " " * 20_000, "<lora:" * 4_000, "<lora:a" + ":b" * 10_000,
        "BREAK " * 4_000, "9" * 20_000, "(a:" + "9" * 20_000 + ")",
    ],
    ids=lambda text: text[:8],
)  # fmt: skip
def test_long_hostile_text_is_read_in_linear_time(text: str) -> None:
    # ranges multiplied at each bracket take minutes for the first ones, and recursion ends at a thousand
    assert read_prompt(text).parts


def test_brackets_that_undo_each_other_leave_nothing() -> None:
    deep = 2000
    assert weighed("(" * deep + "[" * deep + "a") == [("a", 1)]
