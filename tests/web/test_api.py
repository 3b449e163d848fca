"""The endpoint for programs, through gradio_client."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from sdgui.events import Batch, PictureDone
from sdgui.ports import Emit, IsCancelled
from sdgui.spec import DreamRequest
from sdgui.web.api import _follow
from sdgui.web.visitors import COOKIE, visitor_id
from tests.fake_engine import PATIENCE, FakeEngine
from tests.studio.conftest import House, run
from tests.web.conftest import Site


@pytest.fixture
def client(site: Site, tmp_path: Path) -> Client:
    return Client(site.url, verbose=False, download_files=tmp_path)


def test_the_files_are_the_stored_originals_with_their_seeds(site: Site, client: Client) -> None:
    files, seeds, progress = client.predict(
        "a red boat", seed=41, count=2, steps=3, api_name="/dream"
    )
    assert seeds == [41, 42]
    assert progress["state"] == "done" and progress["done"] == 2
    assert [Path(file).name for file in files] == ["a-red-boat-41.png", "a-red-boat-42.png"]
    stored = {path.read_bytes() for path in Path(site.store._folder.path).rglob("*.png")}
    for file in files:
        assert Path(file).read_bytes() in stored
        with Image.open(file) as image:
            assert "Seed: 4" in image.text["parameters"]  # type: ignore[attr-defined]


def test_progress_comes_on_the_way(site: Site, client: Client) -> None:
    job = client.submit("a boat", steps=4, api_name="/dream")
    job.result(timeout=PATIENCE)
    states = [progress["state"] for _, _, progress in job.outputs()]
    assert states[0] == "waiting" and states[-1] == "done"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"prompt": ""}, "The prompt is empty."),
        ({"prompt": 5}, "must be text"),
        ({"prompt": "x", "seed": -1}, "The seed must be a whole number"),
        ({"prompt": "x", "seed": "abc"}, "The seed must be a whole number"),
        ({"prompt": "x", "count": 1000}, "The number of images"),
        ({"prompt": "x", "steps": 0}, "The steps"),
        ({"prompt": "x", "width": 7}, "The width"),
        ({"prompt": "x", "guidance": -1}, "The cfg scale"),
        ({"prompt": "x", "sampler": "Nope"}, "no sampler called"),
        ({"prompt": "x", "model": "/etc/passwd"}, "no model called"),
    ],
)
def test_what_cannot_be_dreamt_is_an_error_in_one_sentence(
    client: Client, asked: dict, said: str
) -> None:
    with pytest.raises(AppError) as caught:
        client.predict(**asked, api_name="/dream")
    assert said in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_a_client_that_goes_away_takes_nothing_with_it(site: Site, client: Client) -> None:
    visitor = visitor_id(client.cookies[COOKIE])
    site.engine.go.clear()
    job = client.submit("a boat", api_name="/dream")
    while not job.outputs():
        assert not job.done()
    [record] = site.store.jobs(visitor)
    job.cancel()
    site.engine.go.set()
    site.wait(record)
    [stored] = site.store.jobs(visitor)
    assert stored.tasks[0].stored


def test_a_dream_that_the_end_of_the_studio_interrupts_says_so(tmp_path: Path) -> None:
    class OneOnly(FakeEngine):
        def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
            super().run(batch, emit, is_cancelled)
            self.go.clear()

    house = House(tmp_path)
    studio = house.open(OneOnly(), batch_limit=1)
    job = studio.submit(DreamRequest(prompt="a boat", count=2), "ann")

    async def close_after_one() -> None:
        async for _, event in studio.watch("ann", job.id):
            if isinstance(event, PictureDone):
                break
        await asyncio.to_thread(studio.close)

    async def follow() -> list[dict[str, Any]]:
        closing = asyncio.create_task(close_after_one())
        news = _follow(studio, studio.store, job, "http://here")
        states = [progress async for _, _, progress in news]
        await closing
        return states

    last = run(follow)[-1]
    assert (last["state"], last["done"]) == ("interrupted", 1)
    house.close()


def test_only_dream_is_offered_to_programs(client: Client) -> None:
    assert list(client.view_api(return_format="dict", print_info=False)["named_endpoints"]) == [
        "/dream"
    ]  # type: ignore[index,call-overload]
