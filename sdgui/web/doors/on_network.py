"""Where those of the same network find a server that they can reach, which its owner calls 127.0.0.1."""

import contextlib
import socket

from sdgui.settings import is_loopback

_FAR = {"0.0.0.0": (socket.AF_INET, "192.0.2.1"), "::": (socket.AF_INET6, "2001:db8::1")}
"""For who listens on all addresses, one of nobody (RFC 5737, RFC 3849): which of ours would speak to it is asked of the
system, and nothing is sent."""


def address_on_network(host: str, port: int) -> str | None:
    """The address of a server that listens on `host` and `port`, for others of its network; None where they cannot
    reach it, or none is known."""
    if is_loopback(host):
        return None
    found: str = host
    if host in _FAR:
        family, far = _FAR[host]
        found = ""
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((far, 9))
            found = asking.getsockname()[0]
    if not found or is_loopback(found):
        return None
    return f"http://{f'[{found}]' if ':' in found else found}:{port}"
