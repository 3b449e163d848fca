"""What somebody has here, made when it is first asked for: what the table of routes names in braces."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import cached_property
from typing import Any

import httpx

from sdgui.errors import NotYetSaved
from sdgui.people import Role, Who
from sdgui.records import JobRecord
from sdgui.web.shared.settings.controls import default_controls
from tests.fake_engine import PATIENCE
from tests.web.conftest import COMPARE, Site

PROMPT = "a secret boat"


class Belongings:
    """Those of one browser."""

    strip = index = number = 0
    endpoint = "dream"
    name = "boat.zip"
    session = "theirs"
    browser = "nobody"

    def __init__(self, site: Site, client: httpx.Client) -> None:
        self.site = site
        self.client = client
        self.visitor = site.visitor_of(client)

    @cached_property
    def made(self) -> JobRecord:
        return self.site.dream(self.client, PROMPT, count=2, steps=1)

    @property
    def job(self) -> str:
        return self.made.id

    @property
    def picture(self) -> str:
        return self.made.tasks[0].id

    @property
    def other(self) -> str:
        return self.made.tasks[1].id

    @property
    def event(self) -> str:
        return self.made.id

    @cached_property
    def running(self) -> str:
        self.site.engine.go.clear()
        job = self.site.begin(self.client, PROMPT, steps=2)
        assert self.site.engine.began.acquire(timeout=PATIENCE)
        return job.id

    @cached_property
    def stopped(self) -> str:
        assert self.client.post(f"/jobs/{self.running}/cancel").json()["cancelled"]
        self.site.engine.go.set()
        found = self.site.store.job(self.running, self.visitor)
        assert found is not None
        self.site.wait(found)
        return self.running

    @cached_property
    def unsaved(self) -> str:
        """A dream whose first picture finds no room on the disk."""
        refused = threading.Event()
        save = self.site.store.save_picture
        self.undo_full = lambda: setattr(self.site.store, "save_picture", save)

        def refuse(*_: object, **__: object) -> Any:
            refused.set()
            raise NotYetSaved("The disk is full.", "Free some space.")

        self.site.store.save_picture = refuse  # type: ignore[method-assign]
        job = self.site.begin(self.client, PROMPT, steps=1)
        assert refused.wait(PATIENCE)
        return job.id

    @cached_property
    def undo(self) -> str:
        binned = self.site.dream(self.client, PROMPT, steps=1).tasks[0].id
        undo: str = self.client.delete(f"/picture/{binned}").json()["undo"]
        return undo

    @cached_property
    def link(self) -> str:
        asked = {"kind": "picture", "pictures": [self.picture]}
        link: str = self.client.post("/links", json=asked).json()["id"]
        return link

    @cached_property
    def choice(self) -> str:
        """A link to choose by, of a wall of two."""
        asked = {"kind": "choice", "pictures": [self.picture, self.other]}
        choice: str = self.client.post("/links", json=asked).json()["id"]
        return choice

    @cached_property
    def place(self) -> int:
        """Of somebody who has chosen by it."""
        said = {"picture": "0", "mark": "kept"}
        with self.site.client(headers={"accept": "application/json"}) as stranger:
            return int(stranger.post(f"/d/{self.choice}/marks", data=said).json()["you"])

    @property
    def address(self) -> str:
        return f"{self.site.url}/d/{self.link}"

    @cached_property
    def token(self) -> str:
        """Of a list that is to be fetched as a ZIP."""
        asked = {"pictures": [self.picture]}
        return str(self.client.post("/history/zip", json=asked).json()["zip"].split("/")[3])

    @cached_property
    def fn_index(self) -> int:
        """Of the endpoint."""
        declared = self.client.get("/config").json()["dependencies"]
        [number] = [one["id"] for one in declared if one["api_name"] == self.endpoint]
        return int(number)

    @cached_property
    def data(self) -> list[Any]:
        """The arguments of the endpoint in their order, as they are where only a prompt is given."""
        told = self.client.get("/gradio_api/info").json()["named_endpoints"]
        _prompt, *others = told[f"/{self.endpoint}"]["parameters"]
        return [PROMPT, *(one["parameter_default"] for one in others)]

    @cached_property
    def values(self) -> dict[str, Any]:
        controls = default_controls(self.site.studio.models.describe("demo"))
        wanted = replace(controls, prompt=PROMPT, steps=2, count=1)
        grid = replace(COMPARE, mode="grid")
        return asdict(wanted) | asdict(grid)

    @cached_property
    def wall(self) -> dict[str, Any]:
        return self.values | {"mode": "wall", "wall_count": 4}

    def join(self) -> None:
        """Begins a call of a program, which its session is to tell of."""
        told = {"data": self.data, "fn_index": self.fn_index, "session_hash": self.session}
        self.site.engine.go.clear()
        assert self.client.post("/gradio_api/queue/join", json=told).status_code == 200

    def settle(self) -> None:
        """Nothing of theirs is under way any more."""
        if "unsaved" in vars(self):
            self.undo_full()
        self.site.engine.go.set()
        self.site.studio.cancel_all(Who(visitor=self.visitor, role=Role.GUEST))
        self.site.wait_for_the_worker()


def stands_for(theirs: Belongings, job: str = "job") -> Callable[[str], Any]:
    """What a name in the table stands for; `job` is which of their dreams is meant."""

    def stands(name: str) -> Any:
        return getattr(theirs, job if name == "job" else name)

    return stands


def stands_for_nobodys(theirs: Belongings) -> Callable[[str], Any]:
    """Ids that nobody has, in the form that they have."""
    made_up = {"session": "nobodys", "link": secrets.token_urlsafe(16), "place": 1}
    known = ("strip", "index", "number", "endpoint", "name", "values", "wall")

    def stands(name: str) -> Any:
        return getattr(theirs, name) if name in known else made_up.get(name, secrets.token_hex(16))

    return stands


@contextmanager
def belongings_of(site: Site, client: httpx.Client) -> Iterator[Belongings]:
    theirs = Belongings(site, client)
    try:
        yield theirs
    finally:
        theirs.settle()
