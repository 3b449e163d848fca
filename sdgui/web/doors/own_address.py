"""Where this server is for who asks it: behind a proxy, a tunnel and a root path, and how far an address reaches."""

import ipaddress
from enum import StrEnum

from fastapi import Request

from sdgui.web.doors.addresses import HOST, name_in
from sdgui.web.doors.on_network import leads_others

_HOME = (".local", ".lan", ".home.arpa", ".internal")


class Reach(StrEnum):
    """Who can open an address."""

    MACHINE = "machine"
    NETWORK = "network"
    ANYWHERE = "anywhere"


def root_of(request: Request) -> str:
    """What stands before every path of this server in addresses, without a slash at its end."""
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/")


def base_of(request: Request) -> str:
    """The absolute address of this server as who asks has it, without a slash at its end.

    What a proxy tells of scheme and host is in the request already, where the proxy is one that is believed. Whoever
    makes up a host deceives only themselves: the answer is kept by no cache that others are served from.
    """
    host = request.headers.get("host", "")
    known = host if HOST.fullmatch(host) else "localhost"
    return f"{request.url.scheme}://{known}{root_of(request)}"


def base_for_others(request: Request) -> str:
    """The address to give away, without a slash at its end, for everything that leads others here.

    That of the public link where it is up, which was seen to lead here; else as who asks has it, where others have it
    so; else that by which others of the network come. Where there is none of these, as who asks has it: `reach_of`
    tells that nobody else comes by it.
    """
    state = request.app.state
    public: str | None = state.public_link()
    if public is not None:
        return public
    own = base_of(request)
    if reach_of(own) is not Reach.MACHINE:
        return own
    near: str | None = state.on_network()
    return own if near is None else near


def reach_of(address: str) -> Reach:
    """Who can open an absolute address."""
    host = name_in(address.partition("://")[2].partition("/")[0])
    if not leads_others(host):
        return Reach.MACHINE
    try:
        is_near = not ipaddress.ip_address(host).is_global
    except ValueError:
        is_near = "." not in host or host.endswith(_HOME)
    return Reach.NETWORK if is_near else Reach.ANYWHERE
