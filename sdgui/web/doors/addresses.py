"""Whoever brings no cookie is known by their address: one program stays one person, however often it calls."""

import hashlib
import hmac
import ipaddress
import re

HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{0,5})?")
"""What a browser says in its Host header: a name or an address, maybe with a port, and nothing else. The port may be
empty (RFC 3986, 3.2.3)."""
_SITE = 64
"""Bits of an IPv6 address that say where somebody is; of the rest each may choose as many as they like."""


def name_in(host: str) -> str:
    """The name or the address in a Host header, without its port and without brackets, in small letters."""
    bare = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return bare.lower()


def visitor_at(address: str | None, name: str | None, secret: bytes) -> str:
    """The visitor's id of whoever calls from an address, by the name with which they came in, where one was asked.

    Made with a secret, so that what is stored tells no address.
    """
    told = f"address {network_of(address)} name {name or ''}"
    return hmac.new(secret, told.encode(), hashlib.sha256).hexdigest()


def network_of(address: str | None) -> str:
    """An address in one form; of IPv6 the network, as whoever has one has as many addresses as they like."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return address or ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        if not found.is_loopback:
            return str(ipaddress.ip_network((found, _SITE), strict=False))
    return str(found)
