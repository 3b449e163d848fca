"""What of Gradio may be asked for: what our page and its clients need, and nothing that a later version adds.

Gradio brings some seventy routes. Among them are one that fetches any address for anybody and hands out what it finds
as if it were ours, others that upload, resize, proxy and edit, and none of those is needed here.
"""

import re
from http import HTTPStatus

from fastapi import FastAPI
from gradio.routes import App
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from sdgui.web.doors.asgi import answer, path_of
from sdgui.web.doors.faults import answer_in_sentences
from sdgui.web.doors.page_policy import PagePolicy

_FILE = r"[A-Za-z0-9_-][A-Za-z0-9_.-]*"
_NAME = r"[A-Za-z0-9_-]{1,128}"

_PAGE = (
    ("GET", r"/"),
    ("HEAD", r"/"),
    ("GET", r"/theme\.css"),
    ("GET", r"/favicon\.ico"),
    ("GET", rf"/(?:assets|static)(?:/{_FILE})+"),
)
_CLIENTS = (
    ("GET", r"/config"),
    ("GET", r"/gradio_api/info"),
    ("GET", rf"/gradio_api/heartbeat/{_NAME}"),
)
"""What gradio_client reads of our endpoints; its calls are taken by routes of our own, which stand before this."""

_OPEN = tuple((method, re.compile(path)) for method, path in (*_PAGE, *_CLIENTS))


class GradioDoor:
    """In front of Gradio's app: everything but the routes above is not there.

    It reads the path as Gradio's own router does, decoded once, and lets nothing through that is spelt otherwise.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is needed, without its origin: no other site is to be told that it may read the answer; and
        without its query: that is for our scripts, and Gradio looks for stored states by it."""
        if scope["type"] == "http" and is_open(scope["method"], path_of(scope)):
            headers = [(name, value) for name, value in scope["headers"] if name != b"origin"]
            passed = {**scope, "headers": headers, "query_string": b""}
            await self.app(passed, receive, send)
        else:
            text = "There is nothing at this address."
            await answer(scope, receive, send, HTTPStatus.NOT_FOUND, text)


def is_open(method: str, path: str) -> bool:
    """Whether a request for one of Gradio's routes is passed on; `path` is decoded."""
    return any(method == only and shape.fullmatch(path) for only, shape in _OPEN)


def put_before_gradio(app: FastAPI) -> None:
    """Puts the door before the Gradio app that was mounted in `app` last."""
    mount = app.router.routes[-1]
    assert isinstance(mount, Mount) and isinstance(mount.app, App)
    answer_in_sentences(mount.app)
    # Gradio would make this of the first who asks, with the address that they say it has, for all others.
    mount.app.api_info = mount.app.get_blocks().get_api_info()
    mount.app = GradioDoor(PagePolicy(mount.app))
