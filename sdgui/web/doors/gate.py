"""Whether others than the owner can come, and who was here before they could."""

import hmac
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import Scope

from sdgui.people import Role, Who
from sdgui.settings import Settings, is_loopback
from sdgui.studio.guest_book import GuestBook
from sdgui.web.doors.addresses import network_of
from sdgui.web.doors.asgi import header
from sdgui.web.doors.buckets import Buckets
from sdgui.web.doors.keys import Keys

_MOST_OWNERS = 1000
PROOF = "/share/here/"

NEWCOMERS = 30
"""New visitors that are let in at once from one place; the public link is one place."""
_A_MINUTE = 30.0


class Gate:
    """What the doors have in common: whether they stand open to others, and who was here before they did.

    Once others could come it stays open until the program ends: they may still be there.
    """

    def __init__(self, settings: Settings, keys: Keys, book: GuestBook) -> None:
        self.keys = keys
        self.book = book
        self.is_shared = settings.share
        self.is_open = (
            settings.share
            or bool(settings.auth or settings.trusted_proxies)
            or not is_loopback(settings.host)
        )
        self.path = settings.root_path or "/"
        self._was_open = self.is_open
        self.asks_names = bool(settings.auth)
        self.link_host = ""
        self.proof = secrets.token_urlsafe(24)
        """What only this process answers to: that the public link leads here."""
        self.newcomers = Newcomers()
        self._owners: OrderedDict[str, None] = OrderedDict()

    def share(self) -> None:
        """From now on others can come, by the public link."""
        self.is_open = self.is_shared = True

    def share_no_more(self) -> None:
        """The public link never came to be: nobody could come by it, and all is as it was at the start."""
        self.is_open = self._was_open
        self.is_shared = False

    def note_owner(self, visitor: str) -> None:
        """Somebody asked while only this machine's people could: they stay the owner."""
        self._owners[visitor] = None
        self._owners.move_to_end(visitor)
        if len(self._owners) > _MOST_OWNERS:
            self._owners.popitem(last=False)

    def note_no_owner(self, *visitors: str) -> None:
        """They signed out: whoever brings their cookie is nobody's owner by it."""
        for visitor in visitors:
            self._owners.pop(visitor, None)

    def was_owner(self, visitor: str) -> bool:
        """Whether somebody was here before others could come."""
        return visitor in self._owners

    def is_over(self, scope: Scope) -> bool:
        """Whether who was let in with this request was turned out, or has signed out, since."""
        state = scope.get("state", {})
        who: Who | None = state.get("who")
        is_out = who is not None and who.role is Role.GUEST and self.book.is_out(who.visitor)
        return is_out or state.get("owners_cookie") in self.keys.given_up

    def is_proof(self, path: str) -> bool:
        """Whether this asks if the public link leads here."""
        return path.startswith(PROOF) and hmac.compare_digest(
            path.removeprefix(PROOF).encode(), self.proof.encode()
        )

    def is_secure(self, scope: Scope) -> bool:
        """Whether the browser's connection is encrypted, as far as a proxy, or the link itself, tells."""
        return scope.get("scheme") == "https" or (
            bool(self.link_host) and header(scope, b"host") == self.link_host
        )


class Newcomers:
    """How many new visitors may come from one place: a few at once, then so many a minute; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._places = Buckets(NEWCOMERS, _A_MINUTE / 60, clock)

    def admit(self, address: str | None, invitation: str = "") -> bool:
        """Counts one more; False when there were too many. In the way of who comes by an invitation is nobody else."""
        return self._places.take(_place(address, invitation))

    def wait(self, address: str | None, invitation: str = "") -> int:
        """Seconds until one more may come."""
        return math.ceil(self._places.wait(_place(address, invitation)))


def _place(address: str | None, invitation: str) -> str:
    return f"invitation {invitation}" if invitation else network_of(address)
