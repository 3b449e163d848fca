"""The address is taken first, or said why not."""

import socket
from collections.abc import Iterator

import pytest

from sdgui.errors import UserError
from sdgui.settings import Settings
from sdgui.web.doors.listen import listen


@pytest.fixture
def taken() -> Iterator[int]:
    with listen(Settings(port=0)) as sock:
        yield sock.getsockname()[1]


def test_a_port_in_use_is_said(taken: int) -> None:
    with pytest.raises(UserError) as caught:
        listen(Settings(port=taken))
    assert caught.value.message == f"Port {taken} is already in use."
    assert "--port" in caught.value.hint


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7", "::::"])
def test_an_address_that_is_not_ours_is_said(host: str) -> None:
    with pytest.raises(UserError) as caught:
        listen(Settings(host=host, port=0))
    assert host in caught.value.message


def test_a_browser_that_comes_early_waits_instead_of_being_turned_away(taken: int) -> None:
    with socket.create_connection(("127.0.0.1", taken), timeout=5):
        pass
