"""Several people at once, over HTTP: whose pictures are dreamt together, and in whose turn."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sdgui.events import Batch
from tests.fake_engine import PATIENCE
from tests.web.conftest import Site, open_site
from tests.web.dream.test_routes import listen_to

VALUES = {
    "negative_prompt": "",
    "aspect": "1:1",
    "count": 1,
    "steps": 3,
    "guidance": 4,
    "seed": "",
    "sampler": "Euler",
    "model": "demo",
}


def ask(client: httpx.Client, prompt: str, **changed: Any) -> str:
    """Asks for a dream as the page does; its job."""
    told = client.post("/dreams", json={"values": {**VALUES, "prompt": prompt, **changed}}).json()
    job: str = told["job"]
    return job


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Site]:
    """A site of its own with room for sixteen pictures in a batch, its queue held."""
    with open_site(tmp_path, batch=16) as site:
        site.studio.pause(True)
        yield site


def prompts(batch: Batch) -> Counter[str]:
    return Counter(task.spec.prompt for task in batch.tasks)


def made(site: Site, *clients: httpx.Client) -> list[Counter[str]]:
    """Whose pictures were in each batch, once these people's dreams have ended."""
    site.engine.go.set()
    site.studio.pause(False)
    for client in clients:
        listen_to(client)
    return [prompts(batch) for batch in site.engine.batches]


def test_who_wants_one_picture_is_in_the_next_batch_whatever_somebody_has_waiting(
    crowd: Site,
) -> None:
    many, one, late = (crowd.visitor() for _ in range(3))
    ask(many, "many", count=8)
    ask(many, "many", count=8)
    ask(one, "one")
    crowd.engine.go.clear()
    crowd.studio.pause(False)
    assert crowd.engine.began.acquire(timeout=PATIENCE)
    ask(many, "many", count=8)
    ask(many, "many", count=8)
    ask(late, "late")
    assert made(crowd, many, one, late) == [
        {"many": 15, "one": 1},
        {"late": 1, "many": 15},
        {"many": 2},
    ]


def test_however_many_programs_without_a_cookie_come_they_take_one_turn(crowd: Site) -> None:
    ann = crowd.visitor()
    for i in range(3):
        with crowd.client() as program:
            asked = {"prompt": "program", "steps": 5 + i, "width": 64, "height": 64}
            program.post("/gradio_api/call/v2/dream", json=asked).raise_for_status()
    for i in range(3):
        ask(ann, "ann", steps=15 + i)
    told = made(crowd, ann)
    assert told[:5] == [{"program": 1}, {"ann": 1}] * 2 + [{"program": 1}]


def test_the_owner_s_pictures_go_first_and_leave_free_places_to_guests(tmp_path: Path) -> None:
    with open_site(tmp_path, share=True) as site:
        site.studio.pause(True)
        owner, guest = site.visitor(follow_redirects=True), site.visitor()
        owner.get("/", params={"token": site.app.state.gate.keys.token})
        assert owner.put("/share/limits", json={"owner_first": True}).status_code == 200
        ask(guest, "guest")
        ask(owner, "owner", count=6)
        assert made(site, guest, owner) == [{"owner": 4}, {"owner": 2, "guest": 1}]
