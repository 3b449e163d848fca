"""What opens more than the door: the owner's token and the invitations, both made of secrets that only this server
knows, and the cookies that they are exchanged for."""

import base64
import hmac
import itertools
import secrets
from pathlib import Path

from sdgui.storage.secret import renew_secret, server_secret
from sdgui.storage.whole_file import write_whole
from sdgui.web.doors.signed_cookie import SignedCookie
from sdgui.web.doors.signed_out import GivenUp

OWNERS_SECRET = ".owner-secret"
OWNER = "owner"
"""What the owner's cookie says, and the name with which the owner signs in where names are asked: one person on all
their devices."""
_FORMER = "-former"
OWNERS_BROWSER = "browser"
"""What the cookie of a browser says that is the owner's since before others could come: its pictures stay its own."""


class Keys:
    """Those of one output folder. The owner's secret is another one after `renew`: their old links and cookies open
    nothing any more."""

    def __init__(self, folder: Path, *, renew: bool = False, path: str = "/") -> None:
        make = renew_secret if renew else server_secret
        owners = make(folder, OWNERS_SECRET)
        self.token = _made(owners, "token")
        self.owner = SignedCookie("owner", owners, path)
        self.given_up = GivenUp(folder, write_whole, renew=renew)
        self._owners = owners
        self._secret = server_secret(folder)
        self.invited = SignedCookie("invited", self._secret, path)
        self.chooser = SignedCookie("chooser", self._secret, path)

    def is_owners(self, token: str) -> bool:
        """Whether somebody has the owner's token; comparing tells nothing of it."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def owners_cookie(self, kind: str, *, secure: bool, former: bool = False) -> bytes:
        """The header's value that makes a browser the owner's; each is another one, so that one can be given up.
        `former`: it takes the place of one of the former version, which all said the same."""
        said = f"{kind}-{secrets.token_hex(8)}{_FORMER if former else ''}"
        return self.owner.made_for(said, secure=secure)

    def browsers(self, visitor: str) -> str:
        """What the cookie of the kind `OWNERS_BROWSER` of a visitor says: the same wherever a copy of their own cookie
        is, until it is given up, and another one then."""
        said = (
            f"{OWNERS_BROWSER}-{_made(self._owners, f'browser {visitor} {times}')[:22]}"
            for times in itertools.count()
        )
        return next(one for one in said if one not in self.given_up)

    def browsers_cookie(self, visitor: str, *, secure: bool) -> bytes:
        """The header's value that makes a visitor's browser the owner's."""
        return self.owner.made_for(self.browsers(visitor), secure=secure)

    def give_up(self, said: str) -> None:
        """What the owner's cookie of a browser says opens nothing from now on, nor does that of the former version in
        whose place it came, of which others may have a copy; OutOfOrder where that cannot be kept."""
        if said.endswith(_FORMER):
            self.given_up.add(kind_of(said))
        self.given_up.add(said)

    def owners(self, cookies: str | None) -> str | None:
        """What the owner's cookie among a request's says, if it was made here and not given up since: which kind it is
        (`OWNER` or `OWNERS_BROWSER`), and which one of them."""
        said = self.owner.read(cookies)
        if said is None or kind_of(said) not in (OWNER, OWNERS_BROWSER) or said in self.given_up:
            return None
        return said

    def invitation(self, invitation: str) -> str:
        """The token of the link to an invitation: its id, and what proves that it was made here."""
        return f"{invitation}-{_made(self._secret, f'invitation {invitation}')[:22]}"

    def invitation_of(self, token: str) -> str | None:
        """The invitation that a token was made for; None where it was not made here."""
        invitation = token.partition("-")[0]
        right = self.invitation(invitation)
        return invitation if hmac.compare_digest(token.encode(), right.encode()) else None


def kind_of(said: str | None) -> str:
    """Of which kind a cookie is that says this; those of the former version say nothing more."""
    return (said or "").partition("-")[0]


def is_former(said: str) -> bool:
    """Whether a cookie that says this is one of the former version, which no two browsers have of their own."""
    return kind_of(said) == said


def _made(secret: bytes, what: str) -> str:
    """43 letters, digits, hyphens and underscores that only the secret makes of these words."""
    digest = hmac.digest(secret, what.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
