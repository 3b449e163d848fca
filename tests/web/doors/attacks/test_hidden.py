"""What was hidden, deleted, withdrawn or has expired, asked for in every way in which it was there."""

import base64
import io
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import httpx
import pytest

from sdgui.links import Link
from tests.web.conftest import Site

DREAM = "/gradio_api/call/v2/dream"
KINDS = ("picture", "pair", "choice")
"""A wall, and a dream, are shown as what is to be chosen from is."""


@pytest.fixture(scope="module")
def owner(shared: Site) -> httpx.Client:
    return shared.owner()


@dataclass(frozen=True, kw_only=True)
class Theirs:
    """A guest's dream of two pictures, of which the first is to be hidden; links to it by kind, a wall and a ZIP."""

    client: httpx.Client
    visitor: str
    job: str
    picture: str
    other: str
    links: Mapping[str, str]
    ways: tuple[str, ...]
    """Where its maker has it."""
    shown: tuple[str, ...]
    """Where strangers have it."""


@pytest.fixture
def theirs(open_anew: Site) -> Theirs:
    shared, client = open_anew, open_anew.visitor()
    asked = {"prompt": "a secret boat", "steps": 2, "count": 2}
    job = client.post(DREAM, json=asked).json()["event_id"]
    client.get(f"/gradio_api/call/dream/{job}")  # to its end
    visitor = shared.visitor_of(client)
    found = shared.store.job(job, visitor)
    assert found is not None
    one, other = (task.id for task in found.tasks)
    links = {}
    for kind in KINDS:
        pictures = [one] if kind == "picture" else [one, other]
        made = client.post("/links", json={"kind": kind, "pictures": pictures})
        links[kind] = made.json()["id"]
    packed = client.post("/history/zip", json={"pictures": [one, other]}).json()["zip"]
    wall = client.post("/history/wall", json={"pictures": [one, other]}).json()["dream"]["id"]
    client.put(f"/picture/{one}/mark", json={"mark": "kept"}).raise_for_status()
    pair = f"a={one}&b={other}"
    ways = (
        *(f"/picture/{one}", f"/picture/{one}?download=1", f"/picture/{one}/x.png"),
        *(f"/picture/{one}/facts", f"/thumb/{one}", f"/compare/difference?{pair}"),
        *(f"/compare/difference.png?{pair}", f"/dreams/{job}", "/dreams", f"/dreams/{wall}"),
        *(f"/jobs/{dream}/sheet.{end}" for dream in (job, wall) for end in ("html", "png", "zip")),
        *(packed, "/history/pictures?section=all", "/history/pictures?section=all&q=secret"),
        *("/history/ids?section=all", "/history/sections", "/history/facets", "/kept", "/sheets"),
        "/links/news",
    )
    parts = ("", "/preview.jpg", "/0.png", "/0.png?download=1", "/0.jpg", "/report")
    shown = (
        *(f"/d/{link}{part}" for link in links.values() for part in parts),
        *(f"/oembed?url={shared.url}/d/{link}" for link in links.values()),
        f"/d/{links['choice']}/news",
    )
    return Theirs(
        client=client,
        visitor=visitor,
        job=job,
        picture=one,
        other=other,
        links=links,
        ways=ways,
        shown=shown,
    )


Heard = tuple[int, bytes, httpx.Headers]


def ask(client: httpx.Client, path: str, **headers: str) -> Heard:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.stream("GET", path, headers=told) as reply:
        if reply.headers.get("content-type", "").startswith("text/event-stream"):
            body = next(reply.iter_lines(), "").encode()
        else:
            body = reply.read()
        return reply.status_code, body, reply.headers


def heard(client: httpx.Client, paths: tuple[str, ...]) -> dict[str, Heard]:
    return {path: ask(client, path) for path in paths}


def again(client: httpx.Client, before: Mapping[str, Heard]) -> Iterator[tuple[str, Heard]]:
    """What is answered to who has it from before, to who wants a part of it, and to anybody."""
    for path, (_, _, headers) in before.items():
        yield path, ask(client, path)
        if "/picture/" in path or "/thumb/" in path or path.endswith(".png"):
            yield path, ask(client, path, range="bytes=0-99")
        kept = {"if_none_match": headers.get("etag", "*")}
        if "last-modified" in headers:
            kept["if_modified_since"] = headers["last-modified"]
        yield path, ask(client, path, **kept)


def parts_of(body: bytes) -> Iterator[bytes]:
    """A body, and what is packed in it."""
    yield body
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            yield from (archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("do", ["hide", "delete"])
def test_what_the_owner_hides_is_nowhere_until_it_is_shown_again(
    shared: Site, owner: httpx.Client, theirs: Theirs, do: str
) -> None:
    stranger = shared.client()
    before = heard(theirs.client, theirs.ways)
    seen = heard(stranger, theirs.shown)
    assert {one[0] for one in (*before.values(), *seen.values())} == {200}
    png, small = before[f"/picture/{theirs.picture}"][1], before[f"/thumb/{theirs.picture}"][1]
    traces = (png, small, base64.b64encode(small)[:400], theirs.picture.encode())
    shared = [path for path in before if any(one in before[path][1] for one in traces)]
    assert len(shared) > 10

    def judge(how: str) -> None:
        asked = {"pictures": [theirs.picture], "do": how}
        assert owner.post("/share/pictures", json=asked).json() == {"pictures": 1}

    judge(do)
    own = {"/links/news": theirs.picture}  # of which it was made, told to who made it
    for client, told in ((theirs.client, before), (stranger, seen)):
        for path, (status, body, headers) in again(client, told):
            found = [one for part in parts_of(body) for one in traces if one in part]
            assert found == ([] if path not in own else found), path
            assert status in (200, 404, 410), path
            cache = headers["cache-control"]
            assert "no-store" in cache or cache == "private, no-cache", path
            if status == 200 and (".jpg" in path or "sheet" in path or "zip" in path):
                assert body != told[path][1], path
    gone = {path for path in seen if ask(stranger, path)[0] == 410}
    assert {path for path in seen if "/0." in path} < gone
    assert {path for path in seen if theirs.links["picture"] in path} <= gone
    assert {path for path in seen if theirs.links["pair"] in path} <= gone
    for method, path, asked in (
        ("POST", "/bin", {"pictures": [theirs.picture]}),
        ("POST", "/bin/restore", {"pictures": [theirs.picture]}),
        ("PUT", f"/picture/{theirs.picture}/mark", {"mark": "kept"}),
        ("POST", "/history/zip", {"pictures": [theirs.picture]}),
        ("POST", "/history/wall", {"pictures": [theirs.picture, theirs.other]}),
        ("POST", "/links", {"kind": "picture", "pictures": [theirs.picture]}),
        ("DELETE", f"/picture/{theirs.picture}", None),
    ):
        assert theirs.client.request(method, path, json=asked).status_code == 404, path
    whole = theirs.client.delete(f"/dreams/{theirs.job}").json()
    assert theirs.client.get(f"/thumb/{theirs.picture}?bin=1").status_code == 404
    assert theirs.client.get(f"/thumb/{theirs.other}?bin=1").status_code == 200
    back = theirs.client.post("/bin/restore", json={"undo": whole["undo"]})
    assert back.status_code == 200 and theirs.picture not in back.text
    assert theirs.client.get(f"/picture/{theirs.picture}").status_code == 404
    judge("show" if do == "hide" else "restore")
    for client, told in ((theirs.client, before), (stranger, seen)):
        assert {ask(client, path)[0] for path in told} == {200}
    assert ask(theirs.client, f"/picture/{theirs.picture}")[1] == png
    stranger.close()


def withdrawn(shared: Site, owner: httpx.Client, theirs: Theirs) -> None:
    for link in theirs.links.values():
        theirs.client.delete(f"/links/{link}").raise_for_status()


def blocked(shared: Site, owner: httpx.Client, theirs: Theirs) -> None:
    owner.post(f"/share/people/{theirs.visitor}", json={"do": "block"}).raise_for_status()


def expired(shared: Site, owner: httpx.Client, theirs: Theirs) -> None:
    with shared.store._database._writing() as connection:
        connection.execute("UPDATE links SET expires = ?", (time.time() - 1,))


ENDINGS = {one.__name__: one for one in (withdrawn, blocked, expired)}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_link_that_has_ended_shows_nothing_in_any_way_and_takes_nothing(
    shared: Site,
    owner: httpx.Client,
    theirs: Theirs,
    ending: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    end: Callable[[Site, httpx.Client, Theirs], None] = ENDINGS[ending]
    with shared.client(headers={"accept": "application/json"}) as stranger:
        seen = heard(stranger, theirs.shown)
        assert {one[0] for one in seen.values()} == {200}
        choice = f"/d/{theirs.links['choice']}"
        told = {"marks": {"picture": "0", "mark": "kept"}, "name": {"name": "x"}}
        told["report"] = {"picture": "0", "reason": "x"}
        for what, said in told.items():
            assert stranger.post(f"{choice}/{what}", data=said).status_code == 200
        end(shared, owner, theirs)
        for path, (status, body, headers) in again(stranger, seen):
            assert status == 410, path
            assert b"secret boat" not in body and body[:4] not in (b"\x89PNG", b"\xff\xd8\xff\xe0")
            assert "no-store" in headers["cache-control"] and "etag" not in headers
        for what, said in told.items():
            assert stranger.post(f"{choice}/{what}", data=said).status_code == 410
        with monkeypatch.context() as off:
            off.setattr(Link, "is_open", lambda self, now: True)
            off.setattr(shared.app.state.gate.book, "person", lambda visitor: None)
            assert {one[0] for one in heard(stranger, theirs.shown).values()} == {200}
