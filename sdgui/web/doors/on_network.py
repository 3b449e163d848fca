"""Where those of the same network find a server that they can reach, which its owner calls 127.0.0.1."""

import contextlib
import ipaddress
import socket

from sdgui.settings import is_loopback

_FAR = {"0.0.0.0": (socket.AF_INET, "192.0.2.1"), "::": (socket.AF_INET6, "2001:db8::1")}
"""For who listens on all addresses, one of nobody (RFC 5737, RFC 3849): which of ours would speak to it is asked of the
system, and nothing is sent."""


def address_on_network(host: str, port: int, root: str = "") -> str | None:
    """The address of a server that listens on `host` and `port`, below the path `root`, for others of its network; None
    where they cannot reach it, or none is known."""
    if is_loopback(host):
        return None
    # Who listens on all of IPv6 hears IPv4, too, where the system leaves it as it is.
    asked = {"0.0.0.0": ("0.0.0.0",), "::": ("::", "0.0.0.0")}.get(_plain(host))
    places = (host,) if asked is None else map(_ours, asked)
    found = next((one for one in places if one and leads_others(one)), None)
    if found is None:
        return None
    return f"http://{f'[{found}]' if ':' in found else found}:{port}{root}"


def leads_others(host: str) -> bool:
    """Whether a name or an address may mean the same machine for others as for who asks it there.

    0.0.0.0 and :: are the own machine for each who asks them. An address of one link alone needs its zone, which is
    another on each machine (RFC 4007, 6), and which no browser takes in an address.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return not is_loopback(host) and not host.endswith(".localhost")
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return leads_others(str(address.ipv4_mapped))
        if address.is_link_local:
            return False
    return not (address.is_loopback or address.is_unspecified)


def _plain(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host


def _ours(any_: str) -> str:
    """The address of this machine that speaks to others, "" for none."""
    family, far = _FAR[any_]
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.connect((far, 9))
        return str(asking.getsockname()[0])
    return ""
