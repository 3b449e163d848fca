"""The command line."""

from pathlib import Path

import pytest

from sdgui.errors import UserError
from sdgui.settings import AUTH, is_loopback, parse_settings


def test_by_default_only_this_machine_is_served() -> None:
    assert is_loopback(parse_settings([]).host)


def test_a_password_may_contain_colons() -> None:
    assert parse_settings(["--auth", "ann:a:b"]).auth == (("ann", "a:b"),)


def test_safety_checkers_are_used_unless_the_owner_says_no() -> None:
    assert parse_settings([]).safety_checker
    assert not parse_settings(["--no-safety-checker"]).safety_checker


def test_a_clip_is_used_only_where_one_is_named() -> None:
    assert parse_settings([]).clip is None
    assert parse_settings(["--clip", "someone/clip"]).clip == "someone/clip"


def test_folders_are_imported_each_once_and_copied_only_where_that_is_said(tmp_path: Path) -> None:
    assert parse_settings([]).imports == ()
    flags = ["--import", str(tmp_path), "--import", str(tmp_path)]
    assert parse_settings(flags).imports == (tmp_path,)
    assert not parse_settings(flags).import_copies
    assert parse_settings([*flags, "--import-copy"]).import_copies
    for wrong in (["--import", str(tmp_path / "nothing")], ["--import-copy"]):
        with pytest.raises(UserError):
            parse_settings(wrong)


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
def test_others_may_come_without_a_password_as_guests(flags: list[str]) -> None:
    assert parse_settings(flags).auth == ()
    assert parse_settings([*flags, "--auth", "ann:secret"]).auth == (("ann", "secret"),)


def test_several_people_may_have_a_password_each() -> None:
    flags = ["--auth", "ann:a", "--auth", "bob:b"]
    assert parse_settings(flags).auth == (("ann", "a"), ("bob", "b"))
    with pytest.raises(UserError, match="names somebody twice"):
        parse_settings([*flags, "--auth", "ann:c"])


def test_what_is_said_of_guests_are_terms() -> None:
    assert parse_settings([]).guests == {}
    flags = "--guest-steps 20 --guest-size 512 --guest-disk 3 --guest-model demo --owner-first"
    assert parse_settings(flags.split()).guests == {
        "steps": 20,
        "pixels": 512 * 512,
        "disk": 3_000_000,
        "models": ("demo",),
        "owner_first": True,
    }


@pytest.mark.parametrize(
    "flags",
    [
        ["--port", "abc"],
        ["--port", "0"],
        ["--port", "70000"],
        ["--auth", "ann"],
        ["--auth", ":x"],
        ["--auth", "ann:"],
        ["--guest-steps", "0"],
        ["--guest-disk", "-1"],
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


def test_a_password_need_not_stand_in_the_list_of_processes(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    for written in ("ann:öpen: sesame", "ann:öpen: sesame\n", "\ufeffann:öpen: sesame\r\n"):
        file.write_text(written, encoding="utf-8", newline="")
        assert parse_settings(["--auth-file", str(file)]).auth == (("ann", "öpen: sesame"),)
    assert parse_settings([], {AUTH: "ann:a:b"}).auth == (("ann", "a:b"),)
    assert parse_settings(["--share"], {AUTH: "ann:a:b"}).share


def test_what_is_said_on_the_command_line_goes_before_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("bob:file")
    told = {AUTH: "cy:environment"}
    assert parse_settings(["--auth", "ann:flag"], told).auth == (("ann", "flag"),)
    assert parse_settings(["--auth-file", str(file)], told).auth == (("bob", "file"),)
    assert parse_settings([], {}).auth == ()


@pytest.mark.parametrize("name", ["👩🏽\u200d💻", "Ann 👨\u200d👩\u200d👧", "👁\ufe0f\u200d🗨\ufe0f"])
def test_a_name_may_have_faces_of_several_signs(name: str) -> None:
    assert parse_settings(["--auth", f"{name}:a"]).auth == ((name, "a"),)


@pytest.mark.parametrize(
    "content", [b"", b"ann", b"ann:\n", b":x", b"ann:a\nbob:b\n", b"ann:\xff", b"a:" + b"x" * 2000]
)
def test_a_file_without_a_password_gets_one_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(UserError) as fault:
        parse_settings(["--auth-file", str(file)])
    assert str(file) in fault.value.message and fault.value.hint
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("flags", "environment", "said"),
    [
        (["--auth-file", "/no/such/file"], {}, "The file /no/such/file cannot be read."),
        (["--auth-file", "/"], {}, "The file / cannot be read."),
        (["--auth-file", "x", "--auth", "a:b"], {}, "not allowed with"),
        ([], {AUTH: ""}, "SDGUI_AUTH needs a name and a password."),
        ([], {AUTH: "ann"}, "SDGUI_AUTH needs a name and a password."),
        (["--auth", "ann:a\nb"], {}, "--auth has more than one line"),
        (["--auth", "ann\u200d:a"], {}, "--auth has more than one line"),
        (["--auth", "a\u200d💻:a"], {}, "--auth has more than one line"),
        (["--auth", "💻\u200d\u200d💻:a"], {}, "--auth has more than one line"),
        (["--auth", "ann\u202e:a"], {}, "--auth has more than one line"),
        (["--auth", "👩\u200d\u202e💻:a"], {}, "--auth has more than one line"),
    ],
)
def test_a_password_that_is_not_one_gets_one_sentence(
    flags: list[str], environment: dict[str, str], said: str
) -> None:
    with pytest.raises(UserError) as fault:
        parse_settings(flags, environment)
    assert said in fault.value.message and fault.value.hint
    assert "\n" not in str(fault.value)


def test_a_root_path_and_proxies_are_read_in_one_form() -> None:
    given = [
        "--root-path",
        "/art/sd/",
        "--trusted-proxy",
        "127.0.0.1",
        "--trusted-proxy",
        "10.1.2.3/8",
    ]
    settings = parse_settings(given)
    assert settings.root_path == "/art/sd"
    assert settings.trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8")


@pytest.mark.parametrize(
    "given",
    [
        *(["--root-path", path] for path in ("sd", "/a//b", "/../b", "/a b", '/"x"')),
        *(["--trusted-proxy", address] for address in ("*", "dreams.example", "10.0.0.0/99")),
    ],
)
def test_what_is_no_root_path_or_proxy_is_said(given: list[str]) -> None:
    with pytest.raises(UserError, match=given[0]):
        parse_settings(given)
