"""The public link: Gradio's tunnel to this server, checked before it is told to anyone."""

import logging
import secrets
import threading
import urllib.error
import urllib.request
from collections.abc import Callable

from sdgui.settings import Settings, is_loopback

log = logging.getLogger(__name__)

_NO_LINK = "There is no public link, because the service for it could not be reached."
_PATIENCE = 20.0
_ANY = ("0.0.0.0", "::", "localhost")


def open_share(settings: Settings, port: int) -> tuple[str | None, str]:
    """The public link, or None, and one sentence that says so."""
    try:
        link = _tunnel("127.0.0.1" if settings.host in _ANY else settings.host, port)
        _check(link)
    except Exception as error:  # whatever a tunnel of others' making may raise: go on locally
        log.info("no public link: %s", error, exc_info=log.isEnabledFor(logging.DEBUG))
        return None, no_link(settings.host)
    return link, f"Public link: {link} (it asks for the name and the password)"


def no_link(host: str) -> str:
    """That there is no public link, and who can still reach a server that listens on `host`."""
    if is_loopback(host):
        return f"{_NO_LINK} sdgui goes on for this machine only."
    return f"{_NO_LINK} sdgui goes on for all who can reach this machine, as --host {host} says."


def share_in_background(
    settings: Settings, port: int, tell: Callable[[str], None]
) -> threading.Thread:
    """Opens the link while the server already answers, then tells the sentence."""
    thread = threading.Thread(
        target=lambda: tell(open_share(settings, port)[1]), name="sdgui-share", daemon=True
    )
    thread.start()
    return thread


def _tunnel(host: str, port: int) -> str:
    from gradio import networking

    return networking.setup_tunnel(
        local_host=host,
        local_port=port,
        share_token=secrets.token_urlsafe(32),
        share_server_address=None,
        share_server_tls_certificate=None,
    )


def _check(link: str) -> None:
    """The link must lead here, which asks for a password."""
    try:
        with urllib.request.urlopen(link, timeout=_PATIENCE) as reply:
            raise ConnectionError(f"the link answered {reply.status} without asking for a password")
    except urllib.error.HTTPError as error:
        if error.code != 401 or "sdgui" not in (error.headers.get("www-authenticate") or ""):
            raise
