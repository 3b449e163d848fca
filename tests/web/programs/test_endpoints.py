"""The endpoint for programs, through gradio_client."""

import asyncio
import json
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from sdgui.errors import UserError
from sdgui.events import Batch, PictureDone
from sdgui.plans import SEEDS_WRAP
from sdgui.ports import Emit, IsCancelled
from sdgui.records import JobState
from sdgui.request_fields import REQUEST
from sdgui.spec import DreamRequest, Variation
from sdgui.storage.pictures import read_spec
from sdgui.web.programs.endpoints import Begun, follow_dream
from sdgui.written_values import SEEDS
from tests.fake_engine import PATIENCE, FakeEngine
from tests.people import who
from tests.studio.conftest import House, run
from tests.web.conftest import Site, visitor_in, wait_until_told


@pytest.fixture
def client(site: Site, downloads: Path) -> Client:
    return Client(site.url, verbose=False, download_files=downloads)


@pytest.fixture(scope="module")
def asker(shared_site: Site) -> Client:
    """One program for all that begins nothing: a new one asks for the whole API first."""
    return Client(shared_site.url, verbose=False)


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


def test_what_was_held_back_is_told_although_nothing_follows(site: Site, client: Client) -> None:
    site.engine.go.clear()
    job = client.submit("a boat", steps=4, api_name="/dream")
    told: list[str] = []
    while "dreaming" not in told:
        told = [progress["state"] for _, _, progress in job.outputs()]
        assert not job.done()
    site.engine.go.set()
    files, _, progress = job.result(timeout=PATIENCE)
    assert len(files) == 1 and progress["state"] == "done"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"prompt": ""}, "The prompt is empty."),
        ({"prompt": 5}, "must be text"),
        ({"prompt": "a\0cat"}, "not text"),
        ({"prompt": "x" * 10_000}, "10,000 characters"),
        ({"prompt": "x", "negative_prompt": "a\0cat"}, "not text"),
        ({"prompt": "x", "seed": -1}, "The seed must be a whole number"),
        ({"prompt": "x", "seed": 2**32}, "The seed must be a whole number"),
        ({"prompt": "x", "seed": 2**63}, "The seed must be a whole number"),
        ({"prompt": "x", "seed": "abc"}, "The seed must be a whole number"),
        ({"prompt": "x", "count": 0}, "The number of images"),
        ({"prompt": "x", "count": 1000}, "The number of images"),
        ({"prompt": "x", "steps": 0}, "The steps"),
        ({"prompt": "x", "steps": 10_000}, "The steps"),
        ({"prompt": "x", "width": 7}, "The width"),
        ({"prompt": "x", "height": 100_000}, "The height"),
        ({"prompt": "x", "guidance": -1}, "The cfg scale"),
        ({"prompt": "x", "guidance": "NaN"}, "The cfg scale"),
        ({"prompt": "x", "sampler": "Nope"}, "no sampler called"),
        ({"prompt": "x", "model": "nope"}, "no model called"),
        ({"prompt": "x", "model": "/etc/passwd"}, "no model called"),
        ({"prompt": "x", "variation_seed": "abc"}, "The seed must be a whole number"),
        ({"prompt": "x", "variation_strength": 2}, "The variation strength"),
        ({"prompt": "x", "emphasis": "yes"}, "The emphasis must be true or false"),
    ],
)
def test_what_cannot_be_dreamt_is_an_error_in_one_sentence(
    asker: Client, asked: dict, said: str
) -> None:
    with pytest.raises(AppError) as caught:
        asker.predict(**asked, api_name="/dream")
    assert said in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_the_next_dream_works(client: Client) -> None:
    with pytest.raises(AppError):
        client.predict("a boat", steps=0, api_name="/dream")
    files, _, _ = client.predict("a boat", steps=1, api_name="/dream")
    assert len(files) == 1


def test_seeds_that_run_over_the_last_one_say_so(client: Client) -> None:
    _, seeds, progress = client.predict(
        "a boat", seed=SEEDS - 1, count=2, steps=1, api_name="/dream"
    )
    assert seeds == [SEEDS - 1, 0]
    assert progress["notices"] == [SEEDS_WRAP]
    _, _, progress = client.predict("a boat", seed=SEEDS - 1, steps=1, api_name="/dream")
    assert progress["notices"] == []


@pytest.mark.parametrize("emphasis", [True, False])
def test_brackets_weigh_where_a_program_asks_for_it(client: Client, emphasis: bool) -> None:
    asked = {"emphasis": True} if emphasis else {}
    files, _, _ = client.predict("a (red:1.3) boat", steps=1, **asked, api_name="/dream")
    spec = read_spec(Path(files[0]))
    assert spec is not None and spec.emphasis is emphasis


def test_a_variation_can_be_asked_for(client: Client) -> None:
    files, seeds, _ = client.predict(
        "a boat",
        seed=5,
        count=2,
        steps=1,
        variation_seed=9,
        variation_strength=0.5,
        api_name="/dream",
    )
    assert seeds == [5, 5]
    assert [variation_in(file) for file in files] == [
        Variation(seed=9, strength=0.5),
        Variation(seed=10, strength=0.5),
    ]


def variation_in(file: str) -> Variation | None:
    spec = read_spec(Path(file))
    assert spec is not None
    return spec.variation


def test_a_program_that_cancels_stops_its_dream(site: Site, client: Client) -> None:
    visitor = visitor_in(client.cookies)
    site.engine.go.clear()
    job = client.submit("a boat", api_name="/dream")
    wait_until_told(job)
    [record] = site.store.jobs(visitor)
    job.cancel()
    site.wait(record)
    assert site.stored(record).state is JobState.CANCELLED
    with pytest.raises((CancelledError, AppError)):  # whichever the client sees first
        job.result(timeout=PATIENCE)


def test_calls_of_one_program_are_told_together(site: Site, client: Client) -> None:
    site.engine.go.clear()
    jobs = [client.submit(f"boat {i}", seed=i, steps=1, api_name="/dream") for i in range(5)]
    wait_until_told(*jobs)
    site.engine.go.set()
    assert [job.result(timeout=PATIENCE)[1] for job in jobs] == [[i] for i in range(5)]


def test_a_dream_that_the_end_of_the_studio_interrupts_says_so(tmp_path: Path) -> None:
    class OneOnly(FakeEngine):
        def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
            super().run(batch, emit, is_cancelled)
            self.go.clear()

    house = House(tmp_path)
    studio = house.open(OneOnly(), batch_limit=1)
    job = studio.submit(DreamRequest(prompt="a boat", count=2), who("ann"))

    async def close_after_one() -> None:
        async for _, event in studio.watch(who("ann"), job.id):
            if isinstance(event, PictureDone):
                break
        await asyncio.to_thread(studio.close)

    async def follow() -> list[dict[str, Any]]:
        closing = asyncio.create_task(close_after_one())
        news = follow_dream(studio, studio.store, Begun(job=job), "http://here")
        states = [progress async for _, _, progress in news]
        await closing
        return states

    last = run(follow)[-1]
    assert (last["state"], last["done"]) == ("interrupted", 1)
    house.close()


def test_dream_and_compare_are_offered_to_programs(asker: Client) -> None:
    api: Any = asker.view_api(return_format="dict", print_info=False)
    assert sorted(api["named_endpoints"]) == ["/compare", "/dream"]


def test_a_grid_comes_as_files_in_the_order_of_its_cells(client: Client) -> None:
    files, labels, progress = client.predict(
        "a boat", "Seed", "5-7", "Steps", "2, 3", api_name="/compare"
    )
    assert labels == {
        "x": {"title": "Seed", "labels": ["5", "6", "7"]},
        "y": {"title": "Steps", "labels": ["2", "3"]},
    }
    assert (progress["state"], progress["done"], progress["total"]) == ("done", 6, 6)
    made = []
    for file in files:
        with Image.open(file) as image:
            made.append(image.text["parameters"])  # type: ignore[attr-defined]
    wanted = [(seed, steps) for steps in (2, 3) for seed in (5, 6, 7)]
    for said, (seed, steps) in zip(made, wanted, strict=True):
        assert f"Seed: {seed}," in said and f"Steps: {steps}," in said


def test_a_grid_of_one_axis_has_no_rows(client: Client) -> None:
    files, labels, _ = client.predict("a boat", "guidance", "2, 3.5", steps=2, api_name="/compare")
    assert len(files) == 2
    assert labels == {"x": {"title": "Cfg scale", "labels": ["2", "3.5"]}, "y": None}


def test_a_grid_of_strengths_can_be_asked_for_again(client: Client) -> None:
    files, _, _ = client.predict(
        "a boat",
        "Variation strength",
        "0, 0.5",
        seed=5,
        steps=1,
        variation_seed=9,
        api_name="/compare",
    )
    assert [variation_in(file) for file in files] == [None, Variation(seed=9, strength=0.5)]


def test_a_grid_around_a_variation(client: Client) -> None:
    files, _, _ = client.predict(
        "a boat",
        "Steps",
        "1, 2",
        seed=5,
        variation_seed=9,
        variation_strength=0.3,
        api_name="/compare",
    )
    assert {variation_in(file) for file in files} == {Variation(seed=9, strength=0.3)}


def test_what_is_worth_knowing_of_a_grid_comes_along(client: Client) -> None:
    _, _, progress = client.predict(
        "a boat", "Steps", "1, 2", sampler="Euler a", api_name="/compare"
    )
    [notice] = progress["notices"]
    assert "Euler a changes the composition" in notice


def test_a_cell_that_was_not_made_is_null(site: Site, client: Client) -> None:
    site.engine.breaks = [UserError("The picture does not fit into memory.", "Make it smaller.")]
    files, _, progress = client.predict("a boat", "Steps", "2, 3", api_name="/compare")
    assert files[0] is None and Path(files[1]).is_file()
    assert (progress["state"], progress["done"]) == ("failed in part", 1)


def test_what_the_models_safety_checker_held_back_is_said_by_its_index(
    site: Site, client: Client
) -> None:
    site.engine.holds_back = lambda spec: spec.steps == 2 or spec.seed == 42
    files, _, progress = client.predict("a boat", "Steps", "2, 3", seed=1, api_name="/compare")
    assert files[0] is None and Path(files[1]).is_file()
    assert (progress["state"], progress["done"], progress["held_back"]) == ("done", 1, [0])
    files, seeds, progress = client.predict("a boat", seed=41, count=3, steps=3, api_name="/dream")
    assert (len(files), seeds, progress["held_back"]) == (2, [41, 43], [1])
    with pytest.raises(AppError, match="safety checker held this picture back"):
        client.predict("a boat", seed=42, steps=3, api_name="/dream")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"x_axis": "Steps", "x_values": ""}, "has no values"),
        ({"x_axis": "Steps", "x_values": "10-1"}, "runs backwards"),
        ({"x_axis": "Mood", "x_values": "1"}, "no axis called"),
        ({"x_axis": 3, "x_values": "1"}, "as text"),
        ({"x_axis": "Steps", "x_values": 3}, "as text"),
        ({"x_axis": "Seed", "x_values": "1-100", "y_axis": "Steps", "y_values": "1-100"}, "cells"),
        ({"x_axis": "Prompt S/R", "x_values": "cow, dog"}, "is not in the prompt"),
        ({"x_axis": "Sampler", "x_values": "Euler, Nope"}, "no sampler called"),
        ({"x_axis": "Model", "x_values": "/etc/passwd"}, "no model called"),
        ({"x_axis": "Steps", "x_values": "2", "model": "/etc/passwd"}, "no model called"),
        ({"x_axis": "Steps", "x_values": "2", "seed": "abc"}, "The seed must be"),
    ],
)
def test_a_grid_that_cannot_be_is_an_error_in_one_sentence(
    asker: Client, asked: dict, said: str
) -> None:
    with pytest.raises(AppError) as caught:
        asker.predict("a boat", **asked, api_name="/compare")
    assert said in str(caught.value)
    assert "Traceback" not in str(caught.value)


# Calls that Gradio would take for a fault of its own


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("v2/dream", {}, 422, "The parameter “prompt” is missing."),
        ("v2/dream", {"prompt": "a", "bogus": 3}, 422, "There is no parameter called “bogus”."),
        ("v2/dream/", {"prompt": "a", "bogus": 3}, 422, "There is no parameter called “bogus”."),
        ("v2/dream", {"prompt": "a", "\ud800\n": 3}, 422, "There is no parameter called “··”."),
        ("v2/dream", ["a"], 422, "one JSON object"),
        ("v2/compare", {"prompt": "a", "x_axis": "Steps"}, 422, "“x_values” is missing."),
        (
            "v2/nope",
            {},
            404,
            "There is no endpoint called “nope”. Choose one of: /dream, /compare.",
        ),
        ("dream", {"data": ["a"]}, 422, "in this order: prompt, "),
        ("dream", {"prompt": "a"}, 422, "a list of values called data"),
        ("nope", {"data": []}, 404, "There is no endpoint called “nope”."),
    ],
)
def test_a_call_that_does_not_fit_is_answered_in_one_sentence(
    site: Site,
    path: str,
    body: object,
    status: int,
    said: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    reply = site.visitor().post(f"/gradio_api/call/{path}", content=json.dumps(body))
    assert reply.status_code == status
    assert said in reply.json()["detail"]
    assert "\n" not in reply.json()["detail"]
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("body", [b"", b"{nonsense", b"\xff", b"[" * 100_000])
def test_a_body_that_is_not_json_is_answered_in_one_sentence(site: Site, body: bytes) -> None:
    reply = site.visitor().post("/gradio_api/call/v2/dream", content=body)
    assert reply.status_code == 422
    assert "one JSON object" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("v2/dream", {"prompt": "a cat", "steps": 1}),
        ("dream", {"data": ["a cat", "", None, 1, 1, *[None] * (len(REQUEST) - 5)]}),
    ],
)
def test_a_call_that_fits_is_taken(site: Site, path: str, body: object) -> None:
    client = site.visitor()
    event = client.post(f"/gradio_api/call/{path}", json=body).json()["event_id"]
    assert "event: complete" in client.get(f"/gradio_api/call/{path}/{event}").text
