"""The address that is given away: what others open, wherever its owner sits and whatever stands before the server."""

from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import Request

from sdgui.web.doors.on_network import address_on_network
from sdgui.web.doors.own_address import base_for_others, reach_of

pytestmark = pytest.mark.quick

LINK = "https://abc.gradio.live"
LAN = "http://192.168.4.2:7860"
HERE = "127.0.0.1:7860"


def request_at(host: str, *, scheme: str, root: str, link: str | None, near: str | None) -> Request:
    """Somebody asks the server by this host; what a trusted proxy told is in the scheme and the host already."""
    state = SimpleNamespace(public_link=lambda: link, on_network=lambda: near)
    scope: dict[str, Any] = {
        "type": "http",
        "scheme": scheme,
        "path": f"{root}/",
        "root_path": root,
        "query_string": b"",
        "headers": [(b"host", host.encode())],
        "app": SimpleNamespace(state=state),
    }
    return Request(scope)


# The host that the owner asked, the public link, the address in the network; what is given away, and who can open it.
ADDRESSES = {
    "nobody else": (HERE, None, None, f"http://{HERE}", "machine"),
    "listens to the network": (HERE, None, LAN, LAN, "network"),
    "a public link": (HERE, LINK, None, LINK, "anywhere"),
    "both": (HERE, LINK, LAN, LINK, "anywhere"),
    "asked from the network": ("192.168.4.7", None, LAN, "http://192.168.4.7", "network"),
    "from there with a link": ("192.168.4.7:7860", LINK, LAN, LINK, "anywhere"),
    "by a name at home": ("box.local:7860", None, LAN, "http://box.local:7860", "network"),
    "by the link itself": ("abc.gradio.live", LINK, LAN, LINK, "anywhere"),
    "behind a proxy": ("sd.example.org", None, None, "https://sd.example.org", "anywhere"),
    "behind one with a link": ("sd.example.org", LINK, LAN, LINK, "anywhere"),
    "beside the proxy": (HERE, None, None, f"http://{HERE}", "machine"),
    "every address": ("0.0.0.0:7860", None, LAN, LAN, "network"),
    "every address, alone": ("0.0.0.0:7860", None, None, "http://0.0.0.0:7860", "machine"),
    "every address of IPv6": ("[::]:7860", None, LAN, LAN, "network"),
    "every mapped address": ("[::ffff:0.0.0.0]:7860", None, LAN, LAN, "network"),
    "without its zone": ("[fe80::1]:7860", None, LAN, LAN, "network"),
    "IPv6 at home": ("[fd00::1]:7860", None, LAN, "http://[fd00::1]:7860", "network"),
    "a name of this machine": ("sd.localhost:7860", None, LAN, LAN, "network"),
    "no host": ("a b", None, LAN, LAN, "network"),
}


@pytest.mark.parametrize("root", ["", "/art/sd"])
@pytest.mark.parametrize("case", ADDRESSES)
def test_others_are_given_the_address_that_leads_them_here(case: str, root: str) -> None:
    host, link, near, given, reach = ADDRESSES[case]
    scheme = given.partition(":")[0] if given.endswith(host) else "http"
    told = {"link": link and f"{link}{root}", "near": near and f"{near}{root}"}
    address = base_for_others(request_at(host, scheme=scheme, root=root, **told))
    assert (address, reach_of(address).value) == (f"{given}{root}", reach)


def test_what_is_found_in_the_network_stands_below_the_root_path() -> None:
    assert address_on_network("192.168.4.2", 7860, "/art/sd") == f"{LAN}/art/sd"
