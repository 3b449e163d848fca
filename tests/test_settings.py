"""The command line."""

import pytest

from sdgui.errors import UserError
from sdgui.settings import is_loopback, parse_settings


def test_by_default_only_this_machine_is_served() -> None:
    assert is_loopback(parse_settings([]).host)


def test_a_password_may_contain_colons() -> None:
    assert parse_settings(["--auth", "ann:a:b"]).auth == ("ann", "a:b")


def test_a_clip_is_used_only_where_one_is_named() -> None:
    assert parse_settings([]).clip is None
    assert parse_settings(["--clip", "someone/clip"]).clip == "someone/clip"


def test_models_come_as_they_are_named_each_once_and_the_one_inside_where_none_is() -> None:
    assert parse_settings([]).models == ("demo",)
    assert parse_settings(["--model", "someone/model"]).models == ("someone/model",)
    flags = ["--model", "demo", "--model", "/some/folder", "--model", "demo"]
    assert parse_settings(flags).models == ("demo", "/some/folder")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_needs_no_password(host: str) -> None:
    assert parse_settings(["--host", host]).host == host


@pytest.mark.parametrize(
    "flags",
    [
        ["--share"],
        ["--host", "0.0.0.0"],
        ["--host", "192.168.1.2"],
        ["--host", "::"],
        ["--host", "example.org"],
    ],
)
def test_strangers_are_let_in_only_with_a_password(flags: list[str]) -> None:
    with pytest.raises(UserError) as fault:
        parse_settings(flags)
    assert "--auth" in fault.value.hint
    assert parse_settings([*flags, "--auth", "ann:secret"]).auth == ("ann", "secret")


@pytest.mark.parametrize(
    "flags",
    [
        ["--port", "abc"],
        ["--port", "0"],
        ["--port", "70000"],
        ["--auth", "ann"],
        ["--auth", ":x"],
        ["--auth", "ann:"],
        ["--device", "tpu"],
        ["--dtype", "int8"],
        ["--device", "cpu", "--dtype", "float16"],
        ["--model", ""],
        ["--model", "demo", "--model", " "],
        ["--clip", " "],
        ["--nonsense"],
    ],
)
def test_a_wrong_flag_gets_one_sentence(flags: list[str]) -> None:
    with pytest.raises(UserError) as fault:
        parse_settings(flags)
    assert "\n" not in str(fault.value)
    assert fault.value.hint
