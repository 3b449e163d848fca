"""One server: our FastAPI app with the Gradio page mounted in it, under uvicorn."""

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Generator
from http import HTTPStatus
from typing import TYPE_CHECKING

import gradio as gr
import uvicorn
from anyio import CapacityLimiter
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from sdgui.errors import OutOfOrder, UserError
from sdgui.ports import Store
from sdgui.settings import Settings, is_loopback
from sdgui.web.doors.asgi import BodyLimit, Hangup
from sdgui.web.doors.auth import BasicAuth, CarefulHeaders, OwnHost, SameOrigin
from sdgui.web.doors.scratch import make_scratch
from sdgui.web.doors.visitors import Visitors
from sdgui.web.page import make_head, make_page, make_routes
from sdgui.web.programs.guard import ProgramCalls, endpoints_of
from sdgui.web.rooms import ROOT, Rooms
from sdgui.web.shared.pictures import picture_routes
from sdgui.web.shared.theme import make_theme

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

log = logging.getLogger(__name__)

_LARGEST_BODY = 2**20
"""Bytes of one request: a long prompt is a few thousand."""
_HEAVY = 2
"""Exports and differences that are made at once: they take seconds and memory, and threads are needed for all else."""
_GRACE = 3
"""Seconds that requests may still take after the server was asked to stop."""


def make_app(studio: "Studio", store: Store, settings: Settings) -> FastAPI:
    """The whole app: guards, our routes, and the page with its endpoint for programs."""
    make_scratch()
    app = FastAPI(title="sdgui", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.stopping = asyncio.Event()
    for routes in make_routes(studio, store, CapacityLimiter(_HEAVY)):
        app.include_router(routes)
    app.include_router(
        picture_routes(studio, store)
    )  # last: /picture/{picture}/{name} takes what is left
    app.add_exception_handler(UserError, _plainly)
    app.mount("/sdgui", Rooms())

    page = make_page(studio, store)
    page.queue(api_open=False, default_concurrency_limit=None)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        show_error=False,
        max_file_size="1kb",  # nothing is uploaded
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        theme=make_theme(),
        head=make_head(studio.models),
        favicon_path=str(ROOT / "shared" / "favicon.png"),
    )

    # What is added last is asked first.
    app.add_middleware(ProgramCalls, endpoints=endpoints_of(page))
    if settings.auth is not None:
        user, password = settings.auth
        app.add_middleware(BasicAuth, user=user, password=password)
    app.add_middleware(BodyLimit, limit=_LARGEST_BODY)
    app.add_middleware(SameOrigin)
    app.add_middleware(Visitors)
    if is_loopback(settings.host) and not settings.share:
        app.add_middleware(OwnHost)
    app.add_middleware(CarefulHeaders)
    app.add_middleware(Hangup, stopping=app.state.stopping)
    return app


async def _plainly(request: Request, fault: Exception) -> Response:
    """The answer to what a person can mend, in the shape of FastAPI's own errors: what was asked cannot be, or not now,
    with a full disk for example."""
    is_ours = isinstance(fault, OutOfOrder)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_ours else HTTPStatus.UNPROCESSABLE_ENTITY
    return JSONResponse({"detail": str(fault)}, status)


def serve(app: FastAPI, sock: socket.socket, started: Callable[[], None] | None = None) -> None:
    """Serves on a listening socket until SIGINT or SIGTERM, then returns; `started` is called once it answers."""
    make_server(app, started).run(sockets=[sock])


def make_server(app: FastAPI, started: Callable[[], None] | None = None) -> uvicorn.Server:
    """The server for `serve`; it also stops when its `should_exit` is set."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_GRACE,
        # Forwarded addresses are believed from nobody: they would let anyone get round the limit on passwords.
        proxy_headers=False,
    )
    return _Server(config, app.state.stopping, started)


class _Server(uvicorn.Server):
    """Uvicorn that hangs up on open streams when it is asked to stop, and returns instead of dying by the signal."""

    def __init__(
        self, config: uvicorn.Config, stopping: asyncio.Event, started: Callable[[], None] | None
    ) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._tell is not None:
            self._tell()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping.set()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
