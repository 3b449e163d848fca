"""How others of the network find a server."""

import pytest

from sdgui.settings import is_loopback
from sdgui.web.doors import on_network
from sdgui.web.doors.on_network import address_on_network

pytestmark = pytest.mark.quick


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_nobody_else_finds_what_this_machine_alone_is_served(host: str) -> None:
    assert address_on_network(host, 7860) is None


def test_who_listens_on_an_address_is_found_there() -> None:
    assert address_on_network("192.168.4.2", 7860) == "http://192.168.4.2:7860"
    assert address_on_network("fd00::1", 7860) == "http://[fd00::1]:7860"


@pytest.mark.parametrize("host", ["fe80::1", "fe80::1%eth0", "::ffff:127.0.0.1"])
def test_what_means_another_machine_elsewhere_is_not_given_away(host: str) -> None:
    assert address_on_network(host, 7860) is None


def test_who_listens_on_all_is_found_at_the_one_that_speaks_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = address_on_network("0.0.0.0", 7860)
    assert found is None or (found.endswith(":7860") and not is_loopback(found[7:-5]))
    # The system tells which: of what speaks to nobody but itself, none.
    monkeypatch.setitem(on_network._FAR, "0.0.0.0", (on_network._FAR["0.0.0.0"][0], "127.0.0.1"))
    assert address_on_network("0.0.0.0", 7860) is None
    # Who listens on all of IPv6 is found by IPv4, too, and at no address of one link alone.
    given = {"::": "fe80::1%eth0", "0.0.0.0": "192.168.4.2"}
    monkeypatch.setattr(on_network, "_ours", given.__getitem__)
    assert address_on_network("::", 7860) == "http://192.168.4.2:7860"
    assert address_on_network("0:0::0", 7860) == "http://192.168.4.2:7860"
