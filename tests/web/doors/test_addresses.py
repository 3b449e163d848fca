"""People who are known by their address."""

from pathlib import Path

import pytest

from sdgui.storage.secret import SECRET, server_secret
from sdgui.web.doors.addresses import visitor_at

KEY = b"x" * 32


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("fe80::1%eth0", "fe80::2"),
        (None, ""),
    ],
)
def test_one_person_however_their_address_is_written(one: str | None, other: str) -> None:
    assert visitor_at(one, None, KEY) == visitor_at(other, None, KEY)


def test_others_are_others() -> None:
    people = {
        visitor_at(address, name, KEY)
        for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1", "::1", None)
        for name in (None, "ann")
    }
    assert len(people) == 12


def test_a_servers_secret_outlives_it_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    secret = server_secret(tmp_path)
    assert len(secret) == 32
    assert server_secret(tmp_path) == secret
    assert (tmp_path / SECRET).stat().st_mode & 0o077 == 0


def test_a_damaged_secret_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / SECRET).write_bytes(b"half")
    secret = server_secret(tmp_path)
    assert len(secret) == 32
    assert server_secret(tmp_path) == secret


def test_a_secret_that_others_may_read_is_kept_from_them_and_nothing_lies_beside_it(
    tmp_path: Path,
) -> None:
    (tmp_path / f"{SECRET}.tmp").write_bytes(b"left by a crash")
    secret = server_secret(tmp_path)
    (tmp_path / SECRET).chmod(0o644)
    assert server_secret(tmp_path) == secret
    assert (tmp_path / SECRET).stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.iterdir()] == [SECRET]


def test_a_secret_that_cannot_be_kept_is_a_secret_all_the_same(tmp_path: Path) -> None:
    (tmp_path / SECRET).mkdir()
    assert len(server_secret(tmp_path)) == 32
