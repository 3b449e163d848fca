"""Imported folders over HTTP: begun by the owner alone, served as what they are, reused with what is absent."""

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from sdgui.people import GUESTS, Policy
from tests import peers_files as peers
from tests.web.conftest import Site, open_site

pytestmark = pytest.mark.quick
PATIENCE = 60.0


@pytest.fixture(scope="module")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose pictures are of this module alone."""
    with open_site(tmp_path_factory.mktemp("imports")) as site:
        yield site


@pytest.fixture
def peers_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "peers"
    folder.mkdir()
    (folder / "a fox; 1.png").write_bytes(peers.png({"parameters": peers.INFOTEXT}))
    (folder / "forge.jpg").write_bytes(peers.jpeg(peers.in_utf_16(peers.FORGE)))
    (folder / "plain.webp").write_bytes(peers.webp())
    for index, file in enumerate(sorted(folder.iterdir())):
        os.utime(file, (1_700_000_000 + index, 1_700_000_000 + index))
    return folder


def take(site: Site, client: httpx.Client, folder: Path) -> dict[str, dict[str, Any]]:
    """What History tells of the pictures of a folder, in the order of their times."""
    reply = client.post("/history/imports", json={"folder": str(folder)})
    assert "import" in reply.json(), reply.text
    assert site.store.imports.wait(PATIENCE)
    asked = {"section": "all", "sort": "oldest"}
    told = client.get("/history/pictures", params=asked).json()["pictures"]
    return dict(zip(("fox", "forge", "plain"), told, strict=True))


def test_imported_pictures_are_searched_served_and_downloaded_as_what_they_are(
    own_site: Site, peers_folder: Path
) -> None:
    client = own_site.visitor()
    before = client.get("/revision").json()
    found = take(own_site, client, peers_folder)
    assert client.get("/revision").json() != before
    [done] = client.get("/history/imports").json()["imports"]
    assert (done["folder"], done["state"]) == ("peers", "finished")
    assert done["sentence"] == "3 pictures came in."
    fox, forge, plain = found["fox"], found["forge"], found["plain"]
    assert (fox["created"], fox["seed"], plain["seed"]) == (1_700_000_000.0, 965400086, None)
    assert (plain["prompt"], plain["width"], plain["missing"]) == ("", peers.SIZE[0], False)
    search = {"section": "all", "q": "lighthouse", "model": "sdxl_lightning"}
    assert client.get("/history/ids", params=search).json()["pictures"] == [forge["id"]]
    facets = client.get("/history/facets").json()
    assert "" not in {one["value"] for one in facets["models"] + facets["samplers"]}
    reply = client.get(f"/picture/{forge['id']}?download=1")
    assert reply.headers["content-type"] == "image/jpeg"
    assert reply.content == (peers_folder / "forge.jpg").read_bytes()
    assert 'filename="forge.jpg"' in reply.headers["content-disposition"]
    assert client.get(f"/picture/{plain['id']}").headers["content-type"] == "image/webp"
    facts = client.get(f"/picture/{plain['id']}/facts").json()
    assert (facts["seed"], facts["steps"], facts["guidance"]) == ("", "", "")
    assert facts["notes"] == {"file": "plain.webp"}
    assert client.get("/dreams").json()["dreams"] == []


def test_they_are_exported_and_compared_like_our_own(own_site: Site, peers_folder: Path) -> None:
    client = own_site.visitor()
    found = take(own_site, client, peers_folder)
    fox, forge = found["fox"]["id"], found["forge"]["id"]
    asked = client.post("/history/zip", json={"pictures": [fox, forge]}).json()
    archive = client.get(asked["zip"])
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert opened.namelist() == ["a fox_ 1.png", "forge.jpg"]
        assert opened.read("forge.jpg") == (peers_folder / "forge.jpg").read_bytes()
    wall = client.post("/history/wall", json={"pictures": [fox, forge]}).json()["dream"]
    assert [tile["picture"] for tile in wall["tiles"]] == [fox, forge]
    apart = client.get(f"/compare/difference?a={fox}&b={forge}").json()
    assert apart["message"] == "" and apart["ssim"] > 0.9
    sheet = client.get(f"/jobs/{found['forge']['job']}/sheet.zip").content
    assert zipfile.ZipFile(io.BytesIO(sheet)).namelist() == ["001-seed-7.jpg", "grid.json"]
    html = client.get(f"/jobs/{found['forge']['job']}/sheet.html").text
    assert "data:image/jpeg;base64," in html
    png = client.get(f"/jobs/{found['forge']['job']}/sheet.png").content
    assert Image.open(io.BytesIO(png)).width > peers.SIZE[0]


def test_a_link_shows_a_jpeg_as_a_picture_without_what_its_file_says(
    own_site: Site, peers_folder: Path
) -> None:
    client = own_site.visitor()
    forge = take(own_site, client, peers_folder)["forge"]["id"]
    for shows in ({"prompt": True, "settings": True, "name": True}, {}):
        asked = {"kind": "picture", "pictures": [forge], "shows": shows}
        link = client.post("/links", json=asked).json()["id"]
        reply = own_site.client().get(f"/d/{link}/0.png")
        assert (reply.status_code, reply.headers["content-type"]) == (200, "image/png")
        with Image.open(io.BytesIO(reply.content)) as shown:
            assert (shown.format, shown.size) == ("PNG", peers.SIZE)
            assert shown.info == {} and not shown.getexif()
        assert b"eXIf" not in reply.content


def test_reuse_says_what_is_absent_and_takes_no_other_model_unsaid(
    own_site: Site, peers_folder: Path
) -> None:
    client = own_site.visitor()
    found = take(own_site, client, peers_folder)
    job = found["fox"]["job"]
    asked = {"job": job, "index": 0, "seed": True, "chosen": "demo"}
    told = client.post("/reuse", json=asked).json()
    assert told.keys() == {"made_with"}
    made = told["made_with"]
    assert {"what": "model", "name": "v1-5-pruned-emaonly"} in made["absent"]
    assert (made["request"]["seed"], made["request"]["lock"]) == ("965400086", True)
    without = client.post("/reuse", json={**asked, "seed": False, "chosen": "../x"}).json()
    assert without["made_with"]["request"]["seed"] == ""
    plain = client.post("/reuse", json={"job": found["plain"]["job"], "index": 0}).json()
    assert plain["made_with"]["sentence"] == "This picture does not say what it was made with."


def test_a_file_that_vanished_says_so(own_site: Site, peers_folder: Path) -> None:
    client = own_site.visitor()
    found = take(own_site, client, peers_folder)
    (peers_folder / "forge.jpg").unlink()
    reply = client.get(f"/picture/{found['forge']['id']}")
    assert reply.status_code == 404
    assert reply.json()["detail"] == (
        "The file of this picture, forge.jpg, is no longer in the folder that it was imported from."
    )
    facts = {name: client.get(f"/picture/{found[name]['id']}/facts").json() for name in found}
    assert facts["forge"]["gone"] == reply.json()["detail"] and "gone" not in facts["fox"]
    assert client.get(f"/thumb/{found['forge']['id']}").status_code == 200
    told = client.get("/history/pictures?section=all&sort=oldest").json()["pictures"]
    assert [one["missing"] for one in told] == [False, True, False]


def test_guests_and_others_reach_nothing(
    own_site: Site, peers_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, other = own_site.visitor(), own_site.visitor()
    found = take(own_site, client, peers_folder)
    assert other.get(f"/picture/{found['fox']['id']}").status_code == 404
    [own] = client.get("/history/imports").json()["imports"]
    assert other.get("/history/imports").json() == {"may": True, "imports": []}
    assert other.delete(f"/history/imports/{own['id']}").status_code == 404
    for folder in ("peers", "../peers", "/nothing/here", "\0"):
        assert client.post("/history/imports", json={"folder": folder}).json()["error"]
    monkeypatch.setattr(own_site.studio, "policy", Policy(owner=GUESTS))
    sentence = "Only the owner may bring in folders of this machine."
    assert client.get("/history/imports").json() == {"may": False, "imports": []}
    for reply in (
        client.post("/history/imports", json={"folder": str(peers_folder)}),
        client.delete(f"/history/imports/{own['id']}"),
    ):
        assert (reply.status_code, reply.json()["detail"]) == (403, sentence)
