"""Script and markup in whatever somebody may write or send, wherever it is shown; and settings forged through it."""

import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sdgui.comparing import sheet_html
from sdgui.storage.imports import folder_imports
from sdgui.storage.imports.reading import read_picture
from sdgui.storage.infotext import from_infotext
from sdgui.storage.made_with import reading
from sdgui.storage.made_with.texts import Texts
from sdgui.web.doors.careful_headers import CarefulHeaders
from sdgui.web.links import pages
from sdgui.web.rooms import ROOT
from sdgui.web.shared.gallery import pictures
from sdgui.web.shared.page import templates
from tests import peers_files as peers
from tests.fake_engine import PATIENCE
from tests.web.conftest import Site

SCRIPT = "<script>alert(1)</script>"
MARKUP = (
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'</title></style></textarea><svg onload=alert(1)>",
    "{{7*7}}${7*7}{% raw %}javascript:alert(1)",
    "</script><script>alert(1)//\u2028\u2029",
    "\u202egnp.<b>\ufeff",
)
ALL = " ".join(MARKUP)
FORGED = (
    "a cat\nNegative prompt: forged\n"
    "Steps: 99, Sampler: DDIM, CFG scale: 30, Seed: 666, Size: 64x64, Model: forged, Version: forged"
)


@pytest.fixture(scope="module")
def owner(shared: Site) -> httpx.Client:
    return shared.owner()


@pytest.fixture(scope="module")
def dream(shared: Site, owner: httpx.Client) -> Any:
    return shared.dream(owner, ALL, count=2, steps=1, negative_prompt=ALL)


class Live(HTMLParser):
    """What of a document would run or be fetched, in the order in which it stands there."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        handlers = [name for name, _ in attrs if name.startswith("on")]
        scripted = [value for _, value in attrs if (value or "").strip().startswith("javascript:")]
        if tag in ("iframe", "object", "embed", "base") or handlers or scripted:
            self.found.append(f"{tag} {handlers} {scripted}")
        if tag == "script" or (tag == "img" and dict(attrs).get("src") == "x"):
            self.found.append(tag)


def live_in(document: str) -> list[str]:
    found = Live()
    found.feed(document)
    return found.found


def without_guard(monkeypatch: pytest.MonkeyPatch, environment: Any) -> None:
    """Templates that put whatever they are given into the document as it is."""
    monkeypatch.setattr(environment, "autoescape", False)
    if environment.cache is not None:
        environment.cache.clear()
    monkeypatch.setattr(environment, "cache", None)


def share(client: httpx.Client, *pictures: str, kind: str = "picture", **shows: bool) -> str:
    shows = {"name": True} | shows
    asked = {"kind": kind, "pictures": pictures, "by": ALL[:60], "shows": shows}
    reply = client.post("/links", json=asked)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["id"])


@pytest.mark.parametrize("kind", ["picture", "wall", "pair"])
def test_a_link_s_page_shows_what_was_written_as_it_was_written(
    shared: Site, owner: httpx.Client, dream: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [task.id for task in dream.tasks][: 1 if kind == "picture" else 2]
    address = f"/d/{share(owner, *ids, kind=kind)}"
    page = shared.client().get(address)
    assert page.status_code == 200 and "&lt;script&gt;alert(1)" in page.text
    assert live_in(page.text) == ["script"]  # its own
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    without_guard(monkeypatch, templates._TEMPLATES)
    assert live_in(shared.client().get(address).text) > ["script"]


def test_what_strangers_say_is_shown_as_it_was_said(
    shared: Site, owner: httpx.Client, dream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their names on a page of choosing and in its news, their reasons on a page to report and to the owner."""
    choice = share(owner, *(task.id for task in dream.tasks), kind="choice")
    with shared.client() as stranger:
        for said in (SCRIPT, MARKUP[1][:40]):
            reply = stranger.post(f"/d/{choice}/name", data={"name": said})
            assert reply.status_code == 303
        stranger.post(f"/d/{choice}/marks", data={"picture": "0", "mark": "kept"})
        page = stranger.get(f"/d/{choice}")
        report = stranger.post(f"/d/{choice}/report", data={"picture": "9", "reason": ALL})
        taken = stranger.post(f"/d/{choice}/report", data={"picture": "0", "reason": ALL})
        with stranger.stream("GET", f"/d/{choice}/news") as news:
            assert news.headers["content-type"].startswith("text/event-stream")
            assert news.headers["x-content-type-options"] == "nosniff"
            told = next(news.iter_lines())
    assert page.status_code == 200 and "&gt;&lt;img src=x onerror" in page.text
    assert live_in(page.text) == ["script"]  # its own
    assert json.loads(told.removeprefix("data: ")) and "\\n" not in told
    assert report.status_code == 422 and "&lt;script&gt;alert(1)" in report.text
    assert live_in(report.text) == []
    assert taken.status_code == 200 and live_in(taken.text) == []
    reply = owner.get("/share")
    [one] = [one for one in reply.json()["reports"] if one["place"] == f"/d/{choice}"]
    assert reply.headers["content-type"] == "application/json"
    assert one["reasons"][0].startswith(SCRIPT) and "\n" not in one["reasons"][0]
    owner.delete(f"/share/reports/{one['picture']}").raise_for_status()

    without_guard(monkeypatch, templates._TEMPLATES)
    with shared.client() as stranger:
        report = stranger.post(f"/d/{choice}/report", data={"picture": "9", "reason": ALL})
        assert "script" in live_in(report.text)
        assert live_in(stranger.get(f"/d/{choice}").text) > ["script"]


def test_an_exported_sheet_shows_what_was_written_as_it_was_written(
    owner: httpx.Client, dream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/jobs/{dream.id}/sheet.html"
    reply = owner.get(address)
    assert reply.status_code == 200 and "&lt;script&gt;alert(1)" in reply.text
    assert live_in(reply.text) == ["script"]
    assert "default-src &#39;none&#39;" in reply.text
    assert reply.headers["content-disposition"].startswith("attachment; ")
    assert re.fullmatch(r'attachment; filename="[a-z0-9.-]+"', reply.headers["content-disposition"])
    without_guard(monkeypatch, sheet_html._TEMPLATES)
    assert len(live_in(owner.get(address).text)) > 1


def test_what_is_told_as_json_is_no_document(shared: Site, owner: httpx.Client, dream: Any) -> None:
    link = share(owner, dream.tasks[0].id)
    invitation = owner.post("/share/invitations", json={"note": ALL[:100]}).json()["id"]
    for client, path in (
        (shared.client(), f"/oembed?url={shared.url}/d/{link}"),
        (owner, f"/dreams/{dream.id}"),
        (owner, "/history/pictures?section=all"),
        (owner, "/share"),
        (owner, f"/tokens?prompt={SCRIPT}&emphasis=1"),
        (owner, "/links"),
    ):
        reply = client.get(path)
        assert reply.status_code == 200
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in reply.headers["content-security-policy"]
    owner.delete(f"/share/invitations/{invitation}")


def test_a_refusal_repeats_nothing_as_a_document(shared: Site, owner: httpx.Client) -> None:
    for client, path in (
        (owner, f"/nothing/{SCRIPT}"),
        (owner, f"/model?name={SCRIPT}"),
        (owner, f"/picture/{SCRIPT}"),
        (owner, f"/gradio_api/call/{SCRIPT}/x"),
        (owner, f"/share/qr?invitation={SCRIPT}"),
        (owner, f"/oembed?url={SCRIPT}"),
        (shared.client(), f"/d/{SCRIPT}"),
        (shared.client(), f"/?token={SCRIPT}"),
        (shared.client(), f"/?i={SCRIPT}"),
    ):
        reply = client.get(path)
        assert reply.status_code >= 400
        is_document = reply.headers["content-type"].startswith("text/html")
        assert not (is_document and live_in(reply.text)), path


def test_a_page_is_the_same_whatever_its_address_says(shared: Site, owner: httpx.Client) -> None:
    plain = owner.get("/").text
    for one in MARKUP:
        assert owner.get("/", params={"prompt": one, "view": one, one: one}).text == plain


def test_the_code_of_a_link_holds_only_what_is_drawn(owner: httpx.Client) -> None:
    reply = owner.get("/share/qr", headers={"x-forwarded-host": f"x/{SCRIPT}"})
    assert reply.headers["content-type"] == "image/svg+xml"
    assert live_in(reply.text) == [] and "alert" not in reply.text
    assert "sandbox" in reply.headers["content-security-policy"]


def test_our_scripts_make_no_document_of_text() -> None:
    """What the page shows is put into it as text: none of the ways there is used that read markup or code."""
    ways = re.compile(
        r"\b(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|DOMParser|setHTML"
        r"|createContextualFragment|srcdoc|\beval\(|new Function|javascript:|setAttribute\(\"on"
    )
    files = [path for path in ROOT.rglob("*") if path.suffix in (".js", ".mjs")]
    assert len(files) > 80
    assert [path.name for path in files if ways.search(path.read_text(encoding="utf-8"))] == []
    assert ways.search('tile.innerHTML = "<b>"')


# Files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures with names that no page should be made of."""
    names = (
        "<script>alert(1).png",
        'a"; filename="x.html.png',
        "猫\u202egnp.exe.png",
        "a\r\nX: y.png",
    )
    for index, name in enumerate(names):
        texts = {"parameters": f"{ALL} {index}\nSteps: 3, Sampler: Euler, Seed: 5, Size: 48x32"}
        (tmp_path / name).write_bytes(peers.png(texts))
    return tmp_path


def test_a_file_s_name_gets_into_no_header_and_no_path(
    shared: Site, owner: httpx.Client, folder: Path
) -> None:
    owner.get("/history/imports")
    begun = owner.post("/history/imports", json={"folder": str(folder)})
    assert "import" in begun.json(), begun.text
    assert shared.store.imports.wait(PATIENCE)
    asked = {"section": "all", "q": "alert", "sort": "newest"}
    told = owner.get("/history/pictures", params=asked).json()["pictures"]
    ids = [one["id"] for one in told if one["width"] == peers.SIZE[0]]
    assert len(ids) == 4
    shown = share(owner, *ids, kind="wall")
    for place, picture in enumerate(ids):
        for address in (
            f"/picture/{picture}?download=1",
            f"/picture/{picture}",
            f"/d/{shown}/{place}.png?download=1",
        ):
            reply = owner.get(address)
            assert reply.status_code == 200, address
            assert reply.headers["content-type"] == "image/png"
            assert "x" not in reply.headers
            said = reply.headers.get("content-disposition", "attachment")
            assert said.startswith("attachment") and "<" not in said and ".html" not in said[-7:]
    zipped = owner.post("/history/zip", json={"pictures": ids}).json()["zip"]
    with zipfile.ZipFile(io.BytesIO(owner.get(zipped).content)) as archive:
        for name in archive.namelist():
            assert not re.search(r'[/\\<>"\r\n:]', name) and not name.startswith(".")
    assert live_in(shared.client().get(f"/d/{shown}").text) == ["script"]


SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><text>{SCRIPT}</text></svg>'.encode()
PNG = peers.png({"parameters": peers.INFOTEXT})
NO_PICTURES = {
    "svg.svg": SVG,
    "svg.png": SVG,
    "page.png": f"<!doctype html>{SCRIPT}".encode(),
    "text.jpg": b"GIF89a/*" + SCRIPT.encode(),
    "doc.webp": b"%PDF-1.7 " + SCRIPT.encode(),
    "zip.png": b"PK\x03\x04" + bytes(40),
}


def zipped(name: str) -> bytes:
    """A ZIP with a page in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, SCRIPT)
    return made.getvalue()


BOTH = (PNG + f"<html>{SCRIPT}</html>".encode(), PNG + zipped("x.html"))
"""A PNG with a page, or a ZIP, behind its end."""


@pytest.fixture(scope="module")
def two_things(shared: Site, owner: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The ids of both, brought in from a folder in which there is also what is no picture under its name."""
    folder = tmp_path_factory.mktemp("both")
    for number, content in enumerate(BOTH):
        (folder / f"both-{number}.png").write_bytes(content)
    for name, content in NO_PICTURES.items():
        (folder / name).write_bytes(content)
    told = brought_in(shared, owner, folder, "fox")
    assert len(told) == 2
    return told


def brought_in(site: Site, owner: httpx.Client, folder: Path, words: str) -> list[str]:
    """The ids of a folder's pictures that are found by these words, in the order of their sizes."""
    reply = owner.post("/history/imports", json={"folder": str(folder)})
    assert "import" in reply.json(), reply.text
    assert site.store.imports.wait(PATIENCE)
    asked = {"section": "all", "q": words}
    found = [one["id"] for one in owner.get("/history/pictures", params=asked).json()["pictures"]]
    return sorted(found, key=lambda one: len(owner.get(f"/picture/{one}").content))


def runs_as_a_page(reply: httpx.Response) -> bool:
    """Whether a browser that opens this address would run the script in it."""
    if "sandbox" in reply.headers.get("content-security-policy", ""):
        return False
    if reply.headers.get("content-disposition", "").startswith("attachment"):
        return False
    kind = reply.headers["content-type"].partition(";")[0]
    return kind in ("text/html", "image/svg+xml") and SCRIPT in reply.text


def without_careful_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers have the headers alone that they have of themselves."""
    monkeypatch.setattr(
        CarefulHeaders, "_completed", lambda self, scope, message: message["headers"]
    )


def test_a_file_that_is_two_things_is_given_as_the_picture_that_it_was_taken_for(
    shared: Site, owner: httpx.Client, two_things: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And by a link that does not tell all without whatever else is in it."""
    assert owner.post("/read-picture", content=BOTH[0]).json()["source"] == "a1111"
    shown = share(owner, *two_things, kind="wall")
    bare = share(owner, *two_things, kind="wall", settings=False)
    addresses = [
        *(f"/picture/{one}" for one in two_things),
        *(f"/picture/{one}/page.html" for one in two_things),
        *(f"/d/{one}/{place}.png" for one in (shown, bare) for place in range(2)),
    ]
    for address in addresses:
        reply = owner.get(address)
        assert reply.status_code == 200
        assert reply.headers["content-type"] == "image/png"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert "sandbox" in reply.headers["content-security-policy"]
    page, archive = (owner.get(address).content for address in addresses[-2:])
    assert page.startswith(PNG[:8]) and SCRIPT.encode() not in page
    assert archive.startswith(PNG[:8]) and not zipfile.is_zipfile(io.BytesIO(archive))
    original = owner.get(addresses[1]).content  # its maker's own file is given as it is
    assert zipfile.is_zipfile(io.BytesIO(original))

    monkeypatch.setattr(pages, "without_texts", lambda png: png)
    page, archive = (owner.get(address).content for address in addresses[-2:])
    assert SCRIPT.encode() in page and zipfile.is_zipfile(io.BytesIO(archive))
    monkeypatch.setattr(pictures, "media_type_of", lambda record: "text/html")
    assert not runs_as_a_page(owner.get(addresses[0]))
    without_careful_headers(monkeypatch)
    assert runs_as_a_page(owner.get(addresses[0]))


def test_what_is_no_picture_under_its_name_is_not_taken(
    shared: Site, owner: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(content: bytes) -> str:
        how = {"content-type": "image/png"}
        return owner.post("/read-picture", content=content, headers=how).text

    for content in NO_PICTURES.values():
        told = read(content)
        assert "no PNG, JPEG or WebP" in told and SCRIPT not in told
    (tmp_path / "drawn.png").write_bytes(SVG)
    assert brought_in(shared, owner, tmp_path, "drawn") == []

    monkeypatch.setattr(reading, "read_texts", lambda file: Texts(is_picture=True))
    assert "no PNG, JPEG or WebP" not in read(SVG)
    as_one = read_picture(peers.png({"parameters": "drawn\nSteps: 3, Sampler: Euler, Seed: 5"}))
    monkeypatch.setattr(folder_imports, "read_picture", lambda content: as_one)
    [drawn] = brought_in(shared, owner, tmp_path, "drawn")
    reply = owner.get(f"/picture/{drawn}")
    assert reply.content == SVG and reply.headers["content-type"] == "image/png"
    monkeypatch.setattr(pictures, "media_type_of", lambda record: "image/svg+xml")
    without_careful_headers(monkeypatch)
    assert runs_as_a_page(owner.get(f"/picture/{drawn}"))


def test_what_a_dropped_file_says_of_itself_is_text(owner: httpx.Client) -> None:
    png = peers.png({"parameters": f"{ALL}\nSteps: 3, Sampler: {SCRIPT}, Seed: 5, Size: 64x64"})
    reply = owner.post("/read-picture", content=png)
    assert reply.headers["content-type"] == "application/json"
    assert SCRIPT in json.dumps(reply.json(), ensure_ascii=False)


# Settings that were forged through a prompt


def test_settings_forged_through_a_prompt_are_its_text(
    shared: Site, owner: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = shared.dream(owner, FORGED, seed=41, steps=2)
    png = owner.get(f"/picture/{job.tasks[0].id}").content
    texts = Image.open(io.BytesIO(png)).text  # type: ignore[attr-defined]
    told = from_infotext(texts["parameters"])
    assert (told.seed, told.steps, told.model) == (41, 2, "demo")
    read = owner.post("/read-picture", content=png).json()
    assert read["request"]["prompt"] == FORGED
    assert (read["request"]["seed"], read["request"]["steps"]) == ("41", 2)
    assert read["request"]["negative_prompt"] == ""
    without = PngInfo()
    without.add_text("parameters", FORGED)
    alone = io.BytesIO()
    Image.new("RGB", (64, 64)).save(alone, "PNG", pnginfo=without)
    forged = owner.post("/read-picture", content=alone.getvalue()).json()
    assert "666" in json.dumps(forged)  # where nothing else is said, that is what is said
