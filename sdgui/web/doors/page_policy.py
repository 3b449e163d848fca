"""The policy of the page: what of it may run is named, script by script."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdgui.web.doors.without_scripts import with_words

_INLINE = re.compile(r"<script(?P<how>[^>]*)>(?P<text>.*?)</script", re.DOTALL | re.IGNORECASE)
_CONFIG = "window.gradio_config = "
_FETCHED = re.compile(r"\ssrc\s*=", re.IGNORECASE)
_POLICY = "content-security-policy"


def hashes_of(page: str) -> list[str]:
    """The sources of a content security policy for the scripts that stand in Gradio's document, each once; also those
    of the head, which its script reads from its settings and puts there."""
    found = (
        m["text"].replace("\r\n", "\n")
        for document in (page, _head_in(page))
        for m in _INLINE.finditer(document)
        if not _FETCHED.search(m["how"])
    )
    return list(dict.fromkeys(map(source_of, found)))


def _head_in(page: str) -> str:
    """The head that was given to Gradio; nothing where there is none."""
    _, _, rest = page.partition(_CONFIG)
    with suppress(ValueError):
        config, _ = json.JSONDecoder().raw_decode(rest)
        return str(config.get("head") or "")
    return ""


def source_of(text: str) -> str:
    """A source of a content security policy: exactly this, inline (https://www.w3.org/TR/CSP3/#grammardef-hash-source)."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy_of(scripts: Iterable[str]) -> str:
    """The tightest one under which Gradio works; `scripts` are the sources of those that stand in the document.

    Gradio makes functions of the text that it is given for events (so 'unsafe-eval'), and writes styles into the
    document and its elements (so 'unsafe-inline' there).
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'unsafe-eval' {' '.join(scripts)}".rstrip(),
            "script-src-attr 'none'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


class PagePolicy:
    """Middleware before Gradio's app: has its documents run only the scripts that the server wrote into them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Holds an HTML document until it is whole, and names its scripts."""
        start: Message | None = None
        body = bytearray()

        async def send_with_policy(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_html(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            policy = policy_of(hashes_of(bytes(body).decode("utf-8", "replace")))
            whole = with_words(bytes(body))
            given = [one for one in start.get("headers", ()) if one[0].lower() != b"content-length"]
            length = (b"content-length", str(len(whole)).encode())
            headers = [*given, length, (_POLICY.encode(), policy.encode())]
            await send({**start, "headers": headers})
            await send({"type": "http.response.body", "body": whole})

        await self.app(scope, receive, send_with_policy)


def _is_html(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/html")
        for name, value in message.get("headers", ())
    )
