"""Pixels over our own routes."""

import re
import threading

import pytest

from sdgui.errors import NotYetSaved
from sdgui.events import Pixels
from sdgui.records import PictureRecord
from sdgui.web.shared.gallery.pictures import file_name
from tests.fake_engine import PATIENCE
from tests.web.conftest import BROWSER, Site


def test_the_original_is_byte_for_byte_the_stored_file(site: Site) -> None:
    client = site.visitor()
    job = site.dream(client)
    stored = site.store.picture_file(job.tasks[0].id, job.visitor)
    assert stored is not None
    reply = client.get(f"/picture/{job.tasks[0].id}")
    assert reply.content == stored.read_bytes()
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["cache-control"] == "private, max-age=31536000, immutable"


def test_a_thumbnail_is_a_jpeg(site: Site) -> None:
    client = site.visitor()
    job = site.dream(client)
    reply = client.get(f"/thumb/{job.tasks[0].id}")
    assert reply.headers["content-type"] == "image/jpeg" and reply.content[:2] == b"\xff\xd8"


def test_a_download_is_named_after_prompt_and_seed(site: Site) -> None:
    client = site.visitor()
    job = site.dream(client, "A café, by the sea!", seed=7)
    reply = client.get(f"/picture/{job.tasks[0].id}?download=1")
    assert reply.headers["content-disposition"] == 'attachment; filename="a-cafe-by-the-sea-7.png"'


@pytest.mark.parametrize(
    "prompt", ["../../../etc/passwd", "猫", 'a"\r\nX: y', "con/nul\\aux", "x" * 900]
)
def test_no_prompt_makes_a_strange_file_name(site: Site, prompt: str) -> None:
    client = site.visitor()
    job = site.dream(client, prompt, seed=9)
    record = site.store.picture(job.tasks[0].id, job.visitor)
    assert record is not None
    assert re.fullmatch(r"([a-z0-9-]{1,60}-)?9\.png", file_name(record))


def test_a_picture_that_is_not_saved_yet_can_be_downloaded_by_its_owner(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, room = threading.Event(), threading.Event()
    save = site.store.save_picture

    def refuse(task: str, pixels: Pixels, notes: dict[str, str]) -> PictureRecord:
        if not room.is_set():
            refused.set()
            raise NotYetSaved("The disk is full.", "Free some space.")
        return save(task, pixels, notes)

    monkeypatch.setattr(site.store, "save_picture", refuse)
    client = site.visitor()
    job = site.begin(client, steps=2)
    assert client.get(f"/unsaved/{job.id}/1").status_code == 404
    _news(client, until='"picture-unsaved"', go=site)
    assert refused.is_set()
    reply = client.get(f"/unsaved/{job.id}/0")
    assert reply.headers["content-type"] == "image/png"
    assert reply.content.startswith(b"\x89PNG")
    assert site.visitor().get(f"/unsaved/{job.id}/0").status_code == 404
    room.set()
    site.wait(job)
    assert client.get(f"/unsaved/{job.id}/0").status_code == 404


def test_a_live_preview_comes_from_memory_and_is_not_kept(site: Site) -> None:
    client = site.visitor()
    site.engine.go.clear()
    job = site.begin(client, steps=2)
    assert client.get(f"/live/{job.id}/1").status_code == 204
    events = _news(client, until='"pictures":[0]', go=site)
    assert events
    site.wait(job)
    assert client.get(f"/live/{job.id}/1?rev=1").status_code == 204


def _news(client, until: str, go: Site) -> list[str]:  # type: ignore[no-untyped-def]
    """Lines of the stream up to the one that holds `until`; the engine may go once it is open."""
    lines = []
    with client.stream("GET", "/watch", timeout=PATIENCE) as stream:
        for line in stream.iter_lines():
            lines.append(line)
            go.engine.go.set()
            if until in line or "idle" in line:
                return lines
    return lines


def test_a_deleted_picture_is_gone(site: Site) -> None:
    client = site.visitor()
    job = site.dream(client, count=2)
    gone, kept = (task.id for task in job.tasks)
    assert client.delete(f"/picture/{gone}").json()["pictures"] == 1
    assert client.get(f"/picture/{gone}").status_code == 404
    assert client.delete(f"/picture/{gone}").status_code == 404
    tiles = client.get(f"/dreams/{job.id}").json()["tiles"]
    assert [tile["picture"] for tile in tiles] == [kept]


@pytest.mark.parametrize(
    "path",
    [
        "/picture/../../etc/passwd",
        "/picture/..%2f..%2fetc%2fpasswd",
        "/thumb/%00",
        "/picture/" + "a" * 65,
        "/live/x/-1",
        "/live/x/" + "9" * 65,
    ],
)
def test_an_odd_id_is_turned_away(site: Site, path: str) -> None:
    reply = site.visitor().get(path)
    assert reply.status_code in (404, 422)
    assert "root:" not in reply.text


def test_a_picture_in_the_bin_is_seen_small_by_its_visitor_alone(site: Site) -> None:
    anna, boris = site.visitor(), site.visitor()
    [task] = site.dream(anna, count=1).tasks
    address = f"/thumb/{task.id}?bin=1"
    assert anna.get(address).status_code == 404
    anna.post("/bin", json={"pictures": [task.id]}, headers=BROWSER)
    assert anna.get(f"/thumb/{task.id}").status_code == 404
    assert anna.get(address).content[:2] == b"\xff\xd8"
    assert boris.get(address).status_code == 404
