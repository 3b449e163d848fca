"""Two pictures against each other."""

import io
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.damaged_pngs import DAMAGES
from tests.fake_engine import paint
from tests.web.conftest import Site


def two(site: Site, client: httpx.Client) -> tuple[str, str]:
    """Two pictures of other seeds."""
    first, second, *_ = site.wall(client).tasks
    return first.id, second.id


def test_the_numbers_are_those_of_the_pixels(site: Site) -> None:
    client = site.visitor()
    job = site.wall(client)
    a, b = (paint(task.spec).astype(int) for task in job.tasks[:2])
    told = client.get(
        "/compare/difference", params={"a": job.tasks[0].id, "b": job.tasks[1].id}
    ).json()
    assert told["mean"] == pytest.approx(np.abs(a - b).mean())
    assert -1 <= told["ssim"] < 1 and told["message"] == ""


def test_only_the_settings_that_differ_are_told(site: Site) -> None:
    client = site.visitor()
    one = site.dream(client, "a cat", seed=7, steps=2).tasks[0].id
    other = site.dream(client, "a cat", seed=7, steps=3).tasks[0].id
    told = client.get("/compare/difference", params={"a": one, "b": other}).json()
    assert told["differs"] == [{"name": "Steps", "a": "2", "b": "3"}]


def test_the_map_is_a_png_of_their_size(site: Site) -> None:
    client = site.visitor()
    a, b = two(site, client)
    reply = client.get("/compare/difference.png", params={"a": a, "b": b})
    assert reply.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(reply.content)) as image:
        image.load()
        assert image.size == (64, 64)


def test_a_picture_does_not_differ_from_itself(site: Site) -> None:
    client = site.visitor()
    a, _ = two(site, client)
    told = client.get("/compare/difference", params={"a": a, "b": a}).json()
    assert told == {"mean": 0.0, "ssim": pytest.approx(1.0), "message": "", "differs": []}


def test_pictures_of_other_sizes_have_no_map_and_are_told_why(site: Site) -> None:
    client = site.visitor()
    one = site.dream(client, seed=7).tasks[0].id
    other = site.dream(client, seed=7, width=128).tasks[0].id
    pair = {"a": one, "b": other}
    told = client.get("/compare/difference", params=pair).json()
    assert told["mean"] is None and told["ssim"] is None
    assert "different sizes (64 × 64 and 128 × 64)" in told["message"]
    assert told["differs"] == [{"name": "Size", "a": "64 × 64", "b": "128 × 64"}]
    reply = client.get("/compare/difference.png", params=pair)
    assert reply.status_code == 400
    assert reply.json() == {"detail": told["message"]}


@pytest.mark.parametrize("path", ["/compare/difference", "/compare/difference.png"])
def test_anothers_picture_is_not_compared_even_when_it_was_before(site: Site, path: str) -> None:
    client, stranger = site.visitor(), site.visitor()
    a, b = two(site, client)
    assert client.get(path, params={"a": a, "b": b}).status_code == 200
    own = two(site, stranger)[0]
    for pair in ({"a": a, "b": b}, {"a": own, "b": b}, {"a": a, "b": own}):
        assert stranger.get(path, params=pair).status_code == 404


@pytest.mark.parametrize("path", ["/compare/difference", "/compare/difference.png"])
def test_a_deleted_picture_is_not_compared_any_more(site: Site, path: str) -> None:
    client = site.visitor()
    a, b = two(site, client)
    client.get(path, params={"a": a, "b": b})
    client.delete(f"/picture/{b}")
    assert client.get(path, params={"a": a, "b": b}).status_code == 404


@pytest.mark.parametrize("path", ["/compare/difference", "/compare/difference.png"])
@pytest.mark.parametrize("query", ["", "a=x", "a=x&b=y", "a=..%2Fx&b=y", "a=x&b=" + "y" * 65])
def test_an_odd_pair_is_turned_away(site: Site, path: str, query: str) -> None:
    assert site.visitor().get(f"{path}?{query}").status_code in (404, 422)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_picture_is_said(site: Site, damage: Callable[[Path], None]) -> None:
    client = site.visitor()
    job = site.wall(client)
    a, b = (task.id for task in job.tasks[:2])
    file = site.store.picture_file(b, job.visitor)
    assert file is not None
    damage(file)
    for path in ("/compare/difference", "/compare/difference.png"):
        reply = client.get(path, params={"a": a, "b": b})
        assert reply.status_code == 503
        assert reply.json()["detail"] == "That picture cannot be read. Its file is damaged."
