"""One server: our FastAPI app with the Gradio page mounted in it, under uvicorn."""

import asyncio
import contextlib
import functools
import signal
import socket
import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import gradio as gr
import uvicorn
from anyio import CapacityLimiter
from fastapi import FastAPI
from starlette.types import Scope

from sdgui.errors import UserError
from sdgui.ports import Library, Store
from sdgui.settings import Settings, is_loopback
from sdgui.storage.secret import server_secret
from sdgui.storage.whole_file import write_whole
from sdgui.studio.guest_book import GuestBook
from sdgui.web.doors.asgi import BodyLimit, Hangup, header
from sdgui.web.doors.auth import BasicAuth, OwnHost, SameOrigin
from sdgui.web.doors.careful_headers import CarefulHeaders
from sdgui.web.doors.connections import Connections, CountedProtocol, Limits, limits_here
from sdgui.web.doors.faults import Faults, answer_in_sentences
from sdgui.web.doors.gate import Gate
from sdgui.web.doors.gradio_door import put_before_gradio
from sdgui.web.doors.keys import Keys
from sdgui.web.doors.on_network import address_on_network
from sdgui.web.doors.plain_requests import PlainRequests
from sdgui.web.doors.proxies import Proxies, RootPath
from sdgui.web.doors.roles import Roles
from sdgui.web.doors.scratch import make_scratch
from sdgui.web.doors.strangers import for_strangers
from sdgui.web.doors.streams import Room, StreamLimit, Streams
from sdgui.web.doors.visitors import NO_INVITATION, Visitors
from sdgui.web.page import CAPABILITIES, keep_fresh, make_head, make_page, make_routes
from sdgui.web.programs.declaration import numbers_of
from sdgui.web.programs.endpoints import endpoints_of
from sdgui.web.programs.routes import program_routes
from sdgui.web.rooms import ROOT, Rooms
from sdgui.web.share.own_browsers import OwnBrowsers, own_browser_routes
from sdgui.web.share.pictures import guests_picture_routes
from sdgui.web.share.routes import share_routes
from sdgui.web.share.tunnel import PublicLink
from sdgui.web.shared.gallery.pictures import picture_routes
from sdgui.web.shared.made_with.routes import LARGEST_PICTURE, READ_PICTURE
from sdgui.web.shared.page.theme import make_theme

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_LARGEST_BODY = 2**20
"""Bytes of one request: a long prompt is a few thousand."""
_HEAVY = 2
"""Exports and differences that are made at once: they take seconds and memory, and threads are needed for all else."""
_GRACE = 3
"""Seconds that requests may still take after the server was asked to stop."""


def make_app(
    studio: "Studio",
    store: Store,
    settings: Settings,
    library: Library,
    book: GuestBook | None = None,
) -> FastAPI:
    """The whole app: guards, our routes, and the page with its endpoint for programs.

    `book` is what the owner decided about guests, read from the output folder where none is given.
    """
    make_scratch()
    if book is None:
        book = GuestBook(
            settings.output_dir,
            write_whole,
            said=settings.guests,
            asks_names=bool(settings.auth),
        )
    studio.policy, book.changed = book.policy, studio.hold_to
    book.ended = lambda visitor: studio.turn_out(visitor, NO_INVITATION)
    gate = Gate(
        settings,
        Keys(settings.output_dir, renew=settings.new_token, path=settings.root_path or "/"),
        book,
    )
    streams = Streams(Room.within(limits_here().most))
    studio.turned_out.append(streams.end_of_visitor)
    link = PublicLink(settings, gate)
    app = FastAPI(title="sdgui", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.stopping = asyncio.Event()
    app.state.gate, app.state.link = gate, link
    app.state.public_link = lambda: link.state().address or None
    app.state.on_network = lambda: address_on_network(
        settings.host, settings.port, settings.root_path
    )
    for routes in make_routes(studio, store, library, CapacityLimiter(_HEAVY)):
        app.include_router(routes)
    secret = server_secret(settings.output_dir)
    browsers = OwnBrowsers(studio, gate, secret)
    with contextlib.suppress(UserError):  # until it can be, they are offered
        browsers.settle()
    app.include_router(own_browser_routes(studio, browsers))
    app.include_router(share_routes(studio, gate, link, streams, browsers))
    app.include_router(guests_picture_routes(studio, store, book))
    app.include_router(
        picture_routes(studio, store)
    )  # last: /picture/{picture}/{name} takes what is left
    answer_in_sentences(app)
    app.add_api_route("/manifest.json", _manifest)
    app.mount("/sdgui", Rooms())

    endpoints = endpoints_of(studio, store)
    page = make_page(studio.models, endpoints)
    app.include_router(program_routes(studio, store, endpoints, numbers_of(page, endpoints)))
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        root_path=settings.root_path or None,
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
        favicon_path=str(ROOT / "shared" / "page" / "favicon.png"),
    )
    put_before_gradio(app)
    keep_fresh(app, page, studio.models, library)

    # What is added last is asked first.
    shown = [path for one in CAPABILITIES for path in one.for_strangers]
    heard = [path for one in CAPABILITIES for path in one.heard_by_strangers]
    told = [path for one in CAPABILITIES for path in one.told_by_strangers]
    is_shown_anywhere, is_for_strangers = (
        for_strangers(shown),
        for_strangers([*shown, *heard], told),
    )

    def largest_picture(scope: Scope) -> int:
        said = studio.policy.of(scope["state"]["who"]).upload
        return LARGEST_PICTURE if said is None else min(said, LARGEST_PICTURE)

    app.add_middleware(BodyLimit, limit=_LARGEST_BODY, larger={READ_PICTURE: largest_picture})
    app.add_middleware(
        SameOrigin, is_for_strangers=is_shown_anywhere
    )  # who tells something is there
    app.state.streams = streams
    app.add_middleware(
        StreamLimit,
        streams=streams,
        is_over=gate.is_over,
        known=lambda scope: gate.keys.chooser.read(header(scope, b"cookie")),
    )
    app.add_middleware(
        Visitors,
        secret=secret,
        knows=store.knows,
        claim=store.claim,
        gate=gate,
        is_for_strangers=is_for_strangers,
    )
    if settings.auth:
        app.add_middleware(BasicAuth, people=dict(settings.auth), is_for_strangers=is_for_strangers)
    app.add_middleware(Roles, gate=gate, secret=secret, is_for_strangers=is_for_strangers)
    if is_loopback(settings.host):
        app.add_middleware(OwnHost, is_shared=lambda: gate.is_shared)
    app.add_middleware(Faults)
    app.add_middleware(
        CarefulHeaders, is_open=lambda: gate.is_open, is_for_strangers=is_shown_anywhere
    )
    app.add_middleware(Proxies, trusted=settings.trusted_proxies, gate=gate)
    if settings.root_path:
        app.add_middleware(RootPath, root=settings.root_path)
    app.add_middleware(PlainRequests)
    app.add_middleware(Hangup, stopping=app.state.stopping)
    app.state.trusted_proxies = settings.trusted_proxies
    return app


async def _manifest() -> dict[str, Any]:
    """What a browser may call this page among its bookmarks; Gradio's own names icons that it paints on demand."""
    return {"name": "sdgui", "start_url": "./", "display": "browser"}


def serve(app: FastAPI, sock: socket.socket, started: Callable[[], None] | None = None) -> None:
    """Serves on a listening socket until SIGINT or SIGTERM, then returns; `started` is called once it answers."""
    make_server(app, started).run(sockets=[sock])


def make_server(
    app: FastAPI, started: Callable[[], None] | None = None, limits: Limits | None = None
) -> uvicorn.Server:
    """The server for `serve`; it also stops when its `should_exit` is set."""
    limits = limits_here() if limits is None else limits
    protocol: Any = functools.partial(CountedProtocol, connections=Connections(limits))
    config = uvicorn.Config(
        app,
        http=protocol,
        backlog=limits.backlog,
        log_config=None,  # what it says goes where all else does
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_GRACE,
        # A door of ours believes what is forwarded, and only of those whom the owner named.
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
