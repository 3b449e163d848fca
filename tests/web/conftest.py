"""A site: the real app over HTTP on a free port, with a real studio and store and a fake engine."""

import asyncio
import functools
import ssl
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from gradio_client.client import Job

from sdgui.events import StudioEvent
from sdgui.plans import Plan, plan_wall
from sdgui.ports import Library, Models
from sdgui.records import JobRecord
from sdgui.settings import Settings
from sdgui.spec import DreamRequest
from sdgui.storage import DiskStore
from sdgui.storage.secret import server_secret
from sdgui.storage.whole_file import write_whole
from sdgui.studio.guest_book import GuestBook
from sdgui.studio.happenings import Happening
from sdgui.studio.studio import Studio
from sdgui.web.compare.controls import CompareControls
from sdgui.web.doors.auth import Patience
from sdgui.web.doors.connections import Limits
from sdgui.web.doors.cookies import COOKIE, token_of
from sdgui.web.doors.gate import Gate, Newcomers
from sdgui.web.doors.keys import OWNER, kind_of
from sdgui.web.doors.listen import listen
from sdgui.web.doors.visitors import visitor_id, visitor_named
from sdgui.web.server import make_app, make_server
from tests.fake_engine import PATIENCE, FakeEngine
from tests.fake_library import FakeLibrary
from tests.people import who
from tests.studio.conftest import OneModel

COMPARE = CompareControls(
    mode="wall",
    wall_count=4.0,
    draft=False,
    draft_steps=2.0,
    vary_by="Variation seeds",
    vary_count=3.0,
    vary_strength=0.4,
    vary_strengths="0-1 [3]",
    vary_seed="",
    x_axis="Steps",
    x_values="2, 3",
    y_axis="Nothing",
    y_values="",
)
"""The controls of Compare as a test may find them."""


UNUSED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients: nothing is encrypted here, and certificates for each would take longer to read than most tests."""
BROWSER = {"sec-fetch-site": "same-origin"}
"""What only browsers say, of what the page itself asks."""


def visitor_in(cookies: Mapping[str, str]) -> str:
    """The id of the visitor whose cookie is among these."""
    [value] = [value for name, value in cookies.items() if name.startswith(COOKIE)]
    return visitor_id(token_of(value))


def wait_until_told(*calls: Job) -> None:
    """Until each call of a program has told something; their own locks are what they would be told through."""
    pause = threading.Event()
    for call in calls:
        while not call.outputs():
            assert not call.done()
            pause.wait(0.005)


class HeardStudio(Studio):
    """A studio that says whenever something happened: looking again and again would keep it from its work."""

    @functools.cached_property
    def changed(self) -> threading.Condition:
        return threading.Condition(self._lock)

    def _take(self, happening: Happening) -> list[Future[None]]:
        with self.changed:
            ends = super()._take(happening)
            self.changed.notify_all()
        return ends


class Site:
    """A served studio; every client is a visitor of its own."""

    def __init__(
        self,
        url: str,
        app: FastAPI,
        studio: HeardStudio,
        store: DiskStore,
        engine: FakeEngine,
        library: FakeLibrary,
    ) -> None:
        self.url = url
        self.app = app
        self.studio = studio
        self.store = store
        self.engine = engine
        self.library = library

    def client(self, **options: object) -> httpx.Client:
        fixed = {"base_url": self.url, "trust_env": False, "timeout": PATIENCE, "verify": UNUSED}
        return httpx.Client(**fixed, **options)  # type: ignore[arg-type]

    def visitor(self, **options: object) -> httpx.Client:
        """A client that has its cookie, as a browser gets it with whatever it asks first."""
        client = self.client(**options)
        client.get("/status", headers=BROWSER)
        return client

    @property
    def gate(self) -> Gate:
        gate: Gate = self.app.state.gate
        return gate

    def owner(self, **options: object) -> httpx.Client:
        """A browser that has come by the owner's link."""
        client = self.client(headers=BROWSER, follow_redirects=True, **options)
        client.get(f"/?token={self.gate.keys.token}").raise_for_status()
        return client

    def visitor_of(self, client: httpx.Client) -> str:
        """The visitor that a client's browser is: the owner in person where it has come by their link."""
        sent = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        if kind_of(self.gate.keys.owners(sent)) == OWNER:
            return visitor_named(OWNER, server_secret(self.store._folder.path))
        return visitor_in(client.cookies)

    def begin(self, client: httpx.Client, prompt: str = "a cat", **asked: object) -> JobRecord:
        request = DreamRequest(prompt=prompt, **asked)  # type: ignore[arg-type]
        return self.studio.submit(request, who(self.visitor_of(client)))

    def dream(self, client: httpx.Client, prompt: str = "a cat", **asked: object) -> JobRecord:
        """A dream that has ended, with what is stored of it."""
        job = self.begin(client, prompt, **asked)
        self.wait(job)
        return self.stored(job)

    def begin_plan(self, client: httpx.Client, plan: Plan) -> JobRecord:
        return self.studio.submit_plan(plan, who(self.visitor_of(client)))

    def compare(self, client: httpx.Client, plan: Plan) -> JobRecord:
        """A sheet that has ended, with what is stored of it."""
        job = self.begin_plan(client, plan)
        self.wait(job)
        return self.stored(job)

    def wall(self, client: httpx.Client, prompt: str = "a cat", count: int = 4) -> JobRecord:
        """A wall of seeds from 500 on that has ended."""
        return self.compare(client, self.wall_plan(prompt, count))

    def wall_plan(self, prompt: str = "a cat", count: int = 4) -> Plan:
        asked = DreamRequest(prompt=prompt, count=count, seed=500, steps=2)
        return plan_wall(asked, self.studio.models.describe("demo"), lambda: 0)

    def stored(self, job: JobRecord) -> JobRecord:
        """What is stored of a job."""
        found = self.store.job(job.id, job.visitor)
        assert found is not None
        return found

    def wait(self, job: JobRecord) -> list[StudioEvent]:
        async def follow() -> list[StudioEvent]:
            return [event async for _, event in self.studio.watch(who(job.visitor), job.id)]

        return asyncio.run(asyncio.wait_for(follow(), PATIENCE))

    def settle(self) -> None:
        """Ends what a test has left behind and makes everything behind the page what it was at first.

        Then no dream is under way, and the worker, at nothing, has the first model warm alone.
        """
        self.engine.can_load.set()
        machine = self.studio._machine
        for visitor in {job.record.visitor for job in list(machine.jobs.active.values())}:
            self.studio.cancel_all(who(visitor))
        self.wait_for_the_worker()
        self.engine.loaded.clear()  # whatever of it the studio knows
        self.studio.free(self.studio.status().workers[0].warm)
        self.wait_for_the_worker()
        self.engine.renew()
        self.library.renew()
        self.studio.warm_up(self.studio.models.names()[0])
        self.wait_for_the_worker()

    def wait_for_the_worker(self) -> None:
        """Until no dream is under way and the worker is at nothing; also where another event loop runs."""
        machine, [face] = self.studio._machine, self.studio._machine.faces
        with self.studio.changed:
            is_at_nothing = self.studio.changed.wait_for(
                lambda: not machine.jobs.active and face.is_free and machine._wanted is None,
                PATIENCE,
            )
        assert is_at_nothing, "the worker is still at something"


@contextmanager
def open_site(
    folder: Path,
    auth: tuple[str, str] | None = None,
    *,
    people: Sequence[tuple[str, str]] = (),
    share: bool = False,
    engine: FakeEngine | None = None,
    models: Models | None = None,
    batch: int = 4,
    limits: Limits | None = None,
    library: Library | None = None,
    root_path: str = "",
    trusted_proxies: tuple[str, ...] = (),
) -> Iterator[Site]:
    settings = Settings(
        port=0,
        output_dir=folder,
        auth=(*people, *(() if auth is None else (auth,))),
        share=share,
        root_path=root_path,
        trusted_proxies=trusted_proxies,
    )
    engine = FakeEngine() if engine is None else engine
    models = OneModel() if models is None else models
    store = DiskStore(folder)
    book = GuestBook(folder, write_whole, asks_names=bool(settings.auth))
    studio = HeardStudio(
        models=models,
        store=store,
        workers=(engine,),
        batch_limit=lambda spec: batch,
        paused=book.is_held,
        used=book.used,
        is_owner=book.is_owner,
        is_out=book.is_out,
        lost=book.lost,
        guests=book.guests(),
    )
    studio.start()
    sock = listen(settings)
    answers = threading.Event()
    fake = FakeLibrary(models)
    app = make_app(studio, store, settings, fake if library is None else library, book)
    app.state.link.port = sock.getsockname()[1]
    server = make_server(app, answers.set, limits)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    assert answers.wait(PATIENCE)
    try:
        yield Site(f"http://127.0.0.1:{sock.getsockname()[1]}", app, studio, store, engine, fake)
    finally:
        engine.go.set()
        server.should_exit = True
        thread.join(PATIENCE)
        studio.close()
        store.close()
        assert not thread.is_alive()


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where gradio_client puts what it downloads, and the folders that it makes on the way and leaves behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever guesses is answered at once."""

    async def at_once(patience: Patience, name: bytes) -> bool:
        return True

    monkeypatch.setattr(Patience, "has_waited", at_once)


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def site(shared_site: Site) -> Iterator[Site]:
    """The site, its engine ready to paint, its first model warm; nothing of what a test does outlives it."""
    yield shared_site
    shared_site.settle()


@pytest.fixture(scope="module")
def open_to_others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that others can come to, for the tests of one file."""
    with open_site(tmp_path_factory.mktemp("open"), share=True) as site:
        yield site


@pytest.fixture(scope="module")
def shared(open_to_others: Site) -> Site:
    """The same. Files whose tests need it as nobody had come before have one of their own of this name."""
    return open_to_others


@pytest.fixture
def open_anew(open_to_others: Site) -> Iterator[Site]:
    """The same, as if nobody had come in lately; it is left with nothing under way."""
    open_to_others.app.state.gate.newcomers = Newcomers()
    yield open_to_others
    open_to_others.settle()


@pytest.fixture(scope="session")
def guarded_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that asks for a name and a password."""
    with open_site(tmp_path_factory.mktemp("guarded"), ("ann", "öpen: sesame")) as site:
        yield site
