"""Calls over HTTP without gradio_client: taken at once, in their fair turn, and found again."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from sdgui.records import JobRecord
from sdgui.settings import Settings
from sdgui.web.server import make_app
from tests.people import who
from tests.web.conftest import Site, open_site

MANY = 160
CALL = "/gradio_api/call/v2/dream"


def call(client: httpx.Client, **asked: object) -> str:
    """The id of a call that was taken."""
    reply = client.post(CALL, json={"prompt": "a cat", "steps": 1, **asked})
    assert reply.status_code == 200, reply.text
    event: str = reply.json()["event_id"]
    return event


def told(client: httpx.Client, event: str) -> list[tuple[str, object]]:
    """What a call tells, to its end."""
    stream = client.get(f"{CALL}/{event}").text.strip().split("\n\n")
    return [
        (kind.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for kind, data in (block.split("\n", 1) for block in stream)
    ]


def records(site: Site, events: list[str], owner: str) -> list[JobRecord]:
    found = [site.store.job(event, owner) for event in events]
    return [one for one in found if one is not None]


def visitor_of(site: Site, event: str) -> str:
    [visitor] = {
        job.record.visitor
        for job in site.studio._machine.jobs.active.values()
        if job.record.id == event
    }
    return visitor


def test_many_calls_of_one_program_keep_nobody_else_waiting(site: Site) -> None:
    program, other = site.client(), site.visitor()
    site.engine.go.clear()
    before = len(site.engine.batches)
    theirs = [call(program, prompt="many") for _ in range(MANY)]
    own = call(other, prompt="one")
    owner = visitor_of(site, theirs[0])
    assert len(records(site, theirs, owner)) == MANY  # stored, every one
    site.engine.most = 3
    site.engine.go.set()
    last = told(other, own)[-1]
    assert last[0] == "complete"
    turns = [{task.spec.prompt for task in batch.tasks} for batch in site.engine.batches[before:]]
    assert any("one" in turn for turn in turns[:3])
    assert site.studio.cancel_all(who(owner)) > MANY / 2
    site.engine.most = None
    site.engine.go.set()
    assert told(other, call(other))[-1][0] == "complete"  # the worker is free for the next test


def test_calls_without_a_cookie_from_one_address_are_one_persons(site: Site) -> None:
    site.engine.go.clear()
    events = [call(site.client()) for _ in range(3)]
    assert len({visitor_of(site, event) for event in events}) == 1
    site.engine.go.set()
    for event in events:
        (stage, news) = told(site.client(), event)[-1]
        assert stage == "complete"
        [file] = news[0]  # type: ignore[index]
        assert httpx.get(file["url"], trust_env=False).content.startswith(b"\x89PNG")


def test_behind_a_password_too(tmp_path: Path) -> None:
    with open_site(tmp_path, ("ann", "sesame")) as site:
        events = [call(site.client(auth=("ann", "sesame"))) for _ in range(2)]
        for event in events:
            assert told(site.client(auth=("ann", "sesame")), event)[-1][0] == "complete"
        assert site.client().get(f"{CALL}/{events[0]}").status_code == 401


def test_a_call_whose_stream_is_lost_can_be_followed_again_by_its_id(site: Site) -> None:
    client = site.visitor()
    site.engine.go.clear()
    event = call(client, count=2)
    with client.stream("GET", f"{CALL}/{event}") as stream:
        assert next(stream.iter_lines()) == "event: generating"
    site.engine.go.set()
    for _ in range(2):  # also after its end
        stage, news = told(client, event)[-1]
        assert stage == "complete"
        assert len(news[0]) == 2  # type: ignore[index]


def test_a_call_is_followed_by_its_own_visitor_only(site: Site) -> None:
    event = call(site.visitor())
    reply = site.visitor().get(f"{CALL}/{event}")
    assert reply.status_code == 404
    assert reply.json() == {"detail": "There is no such call here."}


def test_a_stranger_cancels_nothing(site: Site) -> None:
    owner = site.visitor()
    site.engine.go.clear()
    event = call(owner)
    body = {"event_id": event, "session_hash": "x", "fn_index": 0}
    assert site.visitor().post("/gradio_api/cancel", json=body).json() == {"success": True}
    site.engine.go.set()
    assert told(owner, event)[-1][0] == "complete"


def test_what_cannot_be_dreamt_is_refused_at_once(site: Site) -> None:
    reply = site.visitor().post(CALL, json={"prompt": "", "steps": 1})
    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("The prompt is empty.")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{nonsense", 404),
        (b"[]", 404),
        (b'{"fn_index": 999, "session_hash": "x", "data": []}', 404),
        (b'{"fn_index": -1, "session_hash": "x", "data": []}', 404),
        (b'{"fn_index": "1", "session_hash": "x", "data": []}', 404),
    ],
)
def test_an_odd_join_is_answered_in_one_sentence(
    site: Site, body: bytes, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    reply = site.visitor().post("/gradio_api/queue/join", content=body)
    assert reply.status_code == status
    assert reply.json()["detail"].endswith(".")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("session", [None, "", 5, "x" * 65])
def test_a_join_without_a_session_is_refused(site: Site, session: object) -> None:
    config = site.visitor().get("/config").json()
    [number] = [one["id"] for one in config["dependencies"] if one["api_name"] == "dream"]
    body = {"fn_index": number, "session_hash": session, "data": []}
    reply = site.visitor().post("/gradio_api/queue/join", json=body)
    assert reply.status_code == 422
    assert "session_hash" in reply.json()["detail"]


@pytest.mark.parametrize("path", ["queue/data?session_hash=x", "call/dream/nothing", "call/nope/x"])
def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    reply = site.visitor().get(f"/gradio_api/{path}")
    assert reply.status_code == 404
    assert reply.json()["detail"].endswith(".")


def test_gradios_own_queue_never_starts(site: Site, tmp_path: Path) -> None:
    async def tasks() -> list[str]:
        app = make_app(site.studio, site.store, Settings(output_dir=tmp_path), site.library)
        async with app.router.lifespan_context(app):
            await asyncio.sleep(0)
            return [task.get_coro().__qualname__ for task in asyncio.all_tasks()]  # type: ignore[union-attr]

    assert not [name for name in asyncio.run(tasks()) if name.startswith("Queue.")]
