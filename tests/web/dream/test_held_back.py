"""A checkpoint that holds a picture back, from its files to what is told over HTTP."""

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch
from PIL import Image

from sdgui.engine.catalog import Catalog
from sdgui.engine.engine import TorchEngine
from sdgui.events import Pixels
from sdgui.records import JobRecord
from sdgui.studio.faults import HELD_BACK
from tests.engine.safety.checker_files import hold_back_only, write_checker
from tests.engine.tiny_model import write_tiny_model
from tests.web.conftest import Site, open_site

FILES = (".png", ".jpg", ".jpeg", ".webp", ".tmp", ".part")


class Engine(TorchEngine):
    """One that waits for nobody."""

    def __init__(self, catalog: Catalog, cache_dir: Path, *, checks: bool) -> None:
        super().__init__(catalog, "cpu", "float32", cache_dir, checks=checks)
        self.go = threading.Event()


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The tiny model's operations are too small to share among threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@contextmanager
def opened(model: Path, folder: Path, *, checks: bool = True) -> Iterator[Site]:
    cache_dir = model.with_name("cache")
    catalog = Catalog(str(model), cache_dir=cache_dir)
    engine = Engine(catalog, cache_dir, checks=checks)
    engine.warm(str(model), lambda event: None)
    with open_site(folder, engine=engine, models=catalog) as site:  # type: ignore[arg-type]
        yield site


def test_what_a_checkpoint_holds_back_is_told_and_is_nowhere(tmp_path: Path) -> None:
    model = write_checker(write_tiny_model(tmp_path / "tiny"))
    asked = {"seed": 1, "count": 3, "steps": 2, "width": 64, "height": 64}
    with opened(model, tmp_path / "open", checks=False) as site:
        job = site.dream(site.visitor(), **asked)
        pixels = [pixels_of(site, task.id, job.visitor) for task in job.tasks]
    hold_back_only(model, pixels, 1)

    folder = tmp_path / "checked"
    with opened(model, folder) as site:
        client = site.visitor()
        job = site.dream(client, **asked)
        for i in (0, 2):
            assert np.array_equal(pixels_of(site, job.tasks[i].id, job.visitor), pixels[i])
        check(client, job)
    made = {path.stem for path in folder.rglob("*") if path.suffix in FILES}
    assert made and not [one for one in made if job.tasks[1].id in one]
    assert len(list(folder.rglob("*.png"))) == 2

    cookies = client.cookies
    with opened(
        model, folder, checks=False
    ) as site:  # the owner's word is of what is dreamt from now on
        check(site.client(cookies=cookies), job)


def check(client: httpx.Client, job: JobRecord) -> None:
    """What is told of the one that was held back, and that it is not to be had."""
    held = job.tasks[1].id
    told = client.get(f"/dreams/{job.id}").json()
    assert (told["state"], told["message"]) == ("finished", "")
    assert [tile["state"] for tile in told["tiles"]] == ["done", "held-back", "done"]
    assert told["tiles"][1]["picture"] is None and told["tiles"][1]["fault"] == str(HELD_BACK)
    assert client.get(f"/picture/{job.tasks[0].id}").status_code == HTTPStatus.OK
    for path in (f"/picture/{held}", f"/thumb/{held}", f"/picture/{held}/facts"):
        assert client.get(path).status_code == HTTPStatus.NOT_FOUND
    assert client.get(f"/unsaved/{job.id}/1").status_code == HTTPStatus.NOT_FOUND
    listed = client.get("/history/pictures", params={"section": "all", "sort": "match"}).json()
    assert {one["id"] for one in listed["pictures"]} == {job.tasks[0].id, job.tasks[2].id}
    assert str(HELD_BACK) in client.get(f"/jobs/{job.id}/sheet.html").text
    with zipfile.ZipFile(io.BytesIO(client.get(f"/jobs/{job.id}/sheet.zip").content)) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".png")]) == 2
        assert str(HELD_BACK) in archive.read("grid.json").decode()


def pixels_of(site: Site, picture: str, visitor: str) -> Pixels:
    file = site.store.picture_file(picture, visitor)
    assert file is not None
    return np.asarray(Image.open(file).convert("RGB"))
