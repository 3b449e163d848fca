"""Signing out: a cookie that was given up opens nothing any more, whoever has a copy of it, and a browser that signed
in by name and password forgets them, as far as browsers can be told.

HTTP knows no way to end Basic's credentials (RFC 7617): a browser keeps sending them until others were right. So the
page asks `SIGNED_OUT` with a name that is nobody's, which is right there alone.
"""

import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from starlette.types import Scope

from sdgui.errors import OutOfOrder, UserError
from sdgui.web.doors.asgi import header, path_of

SIGNED_OUT = "/signed-out"
NOBODYS_NAME = b"signed out"
FILE = ".signed-out"


class GivenUp:
    """What cookies said that were given up, kept in one file of a folder; safe to call from any thread. `write` keeps a
    file whole."""

    def __init__(
        self, folder: Path, write: Callable[[Path, bytes], None], *, renew: bool = False
    ) -> None:
        """UserError where it cannot be read: nothing that was given up is to open anything again. After `renew` nothing
        was, for no former cookie is one."""
        self._file = folder / FILE
        self._write = write
        self._lock = threading.Lock()
        if renew:
            self._file.unlink(missing_ok=True)
        self._said = _read(self._file)

    def __contains__(self, said: str | None) -> bool:
        """Whether a cookie that says this was given up."""
        return said in self._said

    def add(self, said: str) -> None:
        """It opens nothing from now on; OutOfOrder where that cannot be kept."""
        with self._lock:
            try:
                self._write(self._file, "\n".join(sorted({*self._said, said})).encode())
            except OSError as fault:
                raise OutOfOrder(
                    "You are still signed in: that you signed out could not be kept on the disk.",
                    "Make room on it, and sign out again.",
                ) from fault
            self._said.add(said)


def _read(file: Path) -> set[str]:
    try:
        return set(file.read_text(encoding="ascii").split())
    except FileNotFoundError:
        return set()
    except (OSError, ValueError) as fault:
        raise UserError(
            f"The file {file}, which says who signed out, cannot be read.",
            "Make it readable, or start with --new-token: then nobody is signed in as the owner.",
        ) from fault


def is_signing_out(scope: Scope) -> bool:
    """Whether the page has the browser forget its name and password; other sites are not to."""
    from_here = header(scope, b"sec-fetch-site") in (None, "same-origin", "none")
    return scope.get("method") == "GET" and path_of(scope) == SIGNED_OUT and from_here


def signed_out(scope: Scope, given: bytes | None, name: str | None) -> tuple[HTTPStatus, str]:
    """The answer to that: refused with what is right elsewhere, and with nothing where a script asks, so that the
    browser takes what the script brings in its place; `given` as `name:password`."""
    if given is None:
        is_over = header(scope, b"sec-fetch-mode") == "navigate"
    else:
        is_over = name is None and given.partition(b":")[0] == NOBODYS_NAME
    if is_over:
        return HTTPStatus.OK, "You are signed out in this browser. Open sdgui anew to sign in."
    return HTTPStatus.UNAUTHORIZED, "You are signed out. Open sdgui anew to sign in."
