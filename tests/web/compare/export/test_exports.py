"""Sheets to take along."""

import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from sdgui.comparing.cells import Cell
from sdgui.records import JobRecord, Judgement
from sdgui.storage.database import Database
from sdgui.web.compare.export.exports import sheet_of
from tests.damaged_pngs import DAMAGES
from tests.people import who
from tests.web.compare.test_routes import grid_of
from tests.web.conftest import Site

ENDINGS = ("png", "zip", "html")


@pytest.fixture(scope="module")
def grid(shared_site: Site) -> Iterator[tuple[Site, object, JobRecord]]:
    """A grid of four cells, the second of them kept, and its owner."""
    client = shared_site.visitor()
    job = shared_site.compare(
        client, grid_of(shared_site, ("Steps", "2, 3"), ("Cfg scale", "4, 5.5"))
    )
    client.put(f"/picture/{job.tasks[1].id}/mark", json={"mark": "kept"})
    yield shared_site, client, job


def names_in(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_the_png_is_one_picture_larger_than_its_cells(grid) -> None:  # type: ignore[no-untyped-def]
    _, client, job = grid
    reply = client.get(f"/jobs/{job.id}/sheet.png")
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["content-disposition"] == 'attachment; filename="a-cat-grid.png"'
    with Image.open(io.BytesIO(reply.content)) as image:
        image.load()
        assert image.width > 2 * 64 and image.height > 2 * 64


def test_the_zip_holds_the_pictures_as_they_are_stored(grid) -> None:  # type: ignore[no-untyped-def]
    site, client, job = grid
    reply = client.get(f"/jobs/{job.id}/sheet.zip")
    assert reply.headers["content-type"] == "application/zip"
    assert reply.headers["content-disposition"].endswith('"a-cat-grid.zip"')
    stored = {site.store.picture_file(task.id, job.visitor).read_bytes() for task in job.tasks}
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        pngs = [name for name in archive.namelist() if name.endswith(".png")]
        assert {archive.read(name) for name in pngs} == stored
        assert json.loads(archive.read("grid.json"))
    assert len(pngs) == 4


def test_the_html_is_one_page_that_asks_nobody_for_anything(grid) -> None:  # type: ignore[no-untyped-def]
    _, client, job = grid
    reply = client.get(f"/jobs/{job.id}/sheet.html")
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.headers["content-disposition"].startswith("attachment")
    assert reply.text.count("data:image/") >= 4
    assert 'src="http' not in reply.text and 'href="http' not in reply.text


def test_only_what_is_kept_is_exported_where_asked(grid) -> None:  # type: ignore[no-untyped-def]
    _, client, job = grid
    reply = client.get(f"/jobs/{job.id}/sheet.zip?kept=true")
    assert reply.headers["content-disposition"].endswith('"a-cat-wall-kept.zip"')
    assert len([name for name in names_in(reply.content) if name.endswith(".png")]) == 1


def test_the_length_is_announced(grid) -> None:  # type: ignore[no-untyped-def]
    _, client, job = grid
    reply = client.get(f"/jobs/{job.id}/sheet.zip")
    assert int(reply.headers["content-length"]) == len(reply.content)
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("ending", ENDINGS)
def test_anothers_sheet_is_not_exported(grid, ending: str) -> None:  # type: ignore[no-untyped-def]
    site, _, job = grid
    assert site.visitor().get(f"/jobs/{job.id}/sheet.{ending}").status_code == 404


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("job", ["nothing", "..%2Fx", "a" * 65])
def test_what_is_not_there_is_not_exported(site: Site, job: str, ending: str) -> None:
    assert site.visitor().get(f"/jobs/{job}/sheet.{ending}").status_code in (404, 422)


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_kept_is_said(site: Site, ending: str) -> None:
    client = site.visitor()
    job = site.wall(client)
    reply = client.get(f"/jobs/{job.id}/sheet.{ending}?kept=true")
    assert reply.status_code == 400
    assert reply.json() == {"detail": "None of these pictures is kept."}


def test_nothing_finished_is_said(site: Site) -> None:
    client = site.visitor()
    site.engine.go.clear()
    job = site.begin_plan(client, site.wall_plan())
    reply = client.get(f"/jobs/{job.id}/sheet.png")
    assert reply.status_code == 400
    assert reply.json() == {"detail": "No picture is finished yet."}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_plain_dream_is_exported_as_a_wall(site: Site, ending: str) -> None:
    client = site.visitor()
    job = site.dream(client, "猫", count=2)
    reply = client.get(f"/jobs/{job.id}/sheet.{ending}")
    assert reply.status_code == 200
    assert reply.headers["content-disposition"] == f'attachment; filename="wall.{ending}"'


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_deleted_cell_leaves_a_gap_in_a_grid_and_none_in_a_wall(site: Site, ending: str) -> None:
    client = site.visitor()
    for job in (
        site.compare(client, grid_of(site, ("Steps", "2, 3"), ("Cfg scale", "4, 5"))),
        site.wall(client),
    ):
        client.delete(f"/picture/{job.tasks[0].id}")
        reply = client.get(f"/jobs/{job.id}/sheet.{ending}")
        assert reply.status_code == 200
        if ending == "zip":
            pngs = [name for name in names_in(reply.content) if name.endswith(".png")]
            assert len(pngs) == 3


def test_what_was_never_made_is_a_gap_in_a_grid_and_nothing_in_a_wall(site: Site) -> None:
    client = site.visitor()
    row, wall = site.compare(client, grid_of(site, ("Steps", "1-4"))), site.wall(client, count=4)
    told = []
    for job in (row, wall):
        tasks = (*job.tasks[:2], *(replace(task, stored=False) for task in job.tasks[2:]))
        _, cells = sheet_of(replace(job, tasks=tasks), site.store)
        told.append([cell.missing if cell.png is None else "there" for cell in cells])
    assert told == [["there", "there", "not made", "not made"], ["there", "there"]]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_is_said_in_a_sentence_and_nothing_stays_on_it(
    site: Site, small_disk: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    client = site.visitor()
    job = site.wall(client, count=8)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 61_440)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(small_disk))
    reply = client.get(f"/jobs/{job.id}/sheet.{ending}")
    assert reply.status_code == 503
    assert reply.json()["detail"].startswith("The disk is full: the sheet could not be written.")
    assert [file.name for file in small_disk.iterdir()] == ["ballast"]
    ballast.unlink()
    assert client.get(f"/jobs/{job.id}/sheet.{ending}").status_code == 200


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_damaged_pictures_spoil_no_export(site: Site) -> None:
    client = site.visitor()
    job = site.wall(client, count=len(DAMAGES) + 1)
    for task, damage in zip(job.tasks[1:], DAMAGES, strict=True):
        file = site.store.picture_file(task.id, job.visitor)
        assert file is not None
        damage(file)
    replies = [client.get(f"/jobs/{job.id}/sheet.{ending}") for ending in ENDINGS]
    assert [reply.status_code for reply in replies] == [200] * len(ENDINGS)
    with Image.open(io.BytesIO(replies[0].content)) as image:
        image.load()


def test_an_export_asks_the_store_a_few_times_whatever_its_size(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = site.visitor()
    job = site.wall(client, count=20)
    asked = []
    reading = Database._reading
    monkeypatch.setattr(Database, "_reading", lambda self: asked.append(1) or reading(self))
    assert client.get(f"/jobs/{job.id}/sheet.zip").status_code == 200
    assert len(asked) <= 4


@pytest.mark.parametrize("how", [Judgement.HIDE, Judgement.DELETE, None])
def test_what_is_hidden_or_deleted_while_it_is_exported_is_not_in_it(
    site: Site, monkeypatch: pytest.MonkeyPatch, how: Judgement | None
) -> None:
    client = site.visitor()
    job = site.wall(client, count=4)
    first, second, *_ = [task.id for task in job.tasks]
    before = Cell.read

    def read(cell: Cell) -> bytes | None:
        content = before(cell)
        if site.store.picture(first, job.visitor) is not None:
            if how is None:
                site.studio.bin(who(job.visitor), pictures=[first, second])
            else:
                site.studio.judge([first, second], how)
        return content

    monkeypatch.setattr(Cell, "read", read)
    names = names_in(client.get(f"/jobs/{job.id}/sheet.zip").content)
    assert [name.endswith(("502.png", "503.png")) for name in names] == [True, True, False]
