"""Bodies, heads, JSON and files that are larger than anything that is meant."""

import gzip
import json
import re
import socket
import struct
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn.protocols.http.h11_impl as h11_impl

from sdgui.storage.made_with import texts
from sdgui.web.doors.asgi import BodyLimit
from sdgui.web.doors.connections import CountedProtocol
from sdgui.web.programs import routes as program_routes
from tests.fake_engine import PATIENCE
from tests.web.conftest import Site
from tests.web.doors.test_every_route import routes_of

GIGABYTE = 10**9
MEGABYTE = b"x" * 10**6
SOON = 100 * 10**6
"""Bytes that go at most before a sender stands still: what is passed over, and what the system holds."""
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def owner(shared: Site) -> Iterator[httpx.Client]:
    client = shared.owner()
    yield client
    client.close()


@pytest.fixture(scope="module")
def guest(shared: Site) -> Iterator[httpx.Client]:
    client = shared.visitor()
    yield client
    client.close()


def changing(shared: Site) -> list[tuple[str, str]]:
    """Every route that might read a body."""
    routes = {one for one in routes_of(shared.app.routes) if one[0] not in ("GET", "HEAD")}
    return [(method, re.sub(r"\{[^}]*\}", "0", path)) for method, path in sorted(routes)]


def told(owner: httpx.Client, method: str, path: str, *said: str) -> bytes:
    cookies = "; ".join(f"{name}={value}" for name, value in owner.cookies.items())
    lines = (f"{method} {path} HTTP/1.1", "host: localhost", f"cookie: {cookies}", *said)
    return "\r\n".join((*lines, "content-type: application/json", "", "")).encode()


def connected(shared: Site) -> socket.socket:
    address = urlsplit(shared.url)
    return socket.create_connection((address.hostname, address.port), timeout=PATIENCE)


def pour(shared: Site, head: bytes, most: int) -> tuple[int, bytes]:
    """Sends one megabyte after the other in chunks, whatever is answered: how many bytes went, and what was said."""
    sent = 0
    with connected(shared) as sock:
        sock.sendall(head)
        try:
            while sent < most:
                sock.sendall(b"f4240\r\n" + MEGABYTE + b"\r\n")
                sent += len(MEGABYTE)
            sock.sendall(b"0\r\n\r\n")
        except OSError:
            pass
        try:
            return sent, sock.recv(4096)
        except OSError:
            return sent, b""


def test_a_gigabyte_that_is_announced_is_refused_unsent_on_every_route(
    shared: Site, owner: httpx.Client
) -> None:
    routes = changing(shared)
    assert len(routes) > 30
    answered = {}
    for method, path in routes:
        with connected(shared) as sock:
            sock.sendall(told(owner, method, path, f"content-length: {GIGABYTE}"))
            answered[method, path] = sock.recv(4096)[9:12]
    assert set(answered.values()) == {b"413"}, answered


def test_a_body_without_a_length_is_refused_as_it_grows_on_every_route_that_reads_it(
    shared: Site, owner: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # After signing out nothing else would be the owner's.
    routes = [one for one in changing(shared) if one != ("POST", "/me/sign-out")]

    def grown() -> dict[tuple[str, str], int]:
        return {
            one: owner.request(*one, content=iter([b"x" * 2**16] * 18), headers=JSON).status_code
            for one in routes
        }

    small = {one: owner.request(*one, content=b"{", headers=JSON).status_code for one in routes}
    assert 413 not in small.values()
    answers = grown()
    reading = {one for one, status in answers.items() if status == 413}
    assert len(reading) > 20
    # The others answered without listening.
    assert all(
        answers[one] == small[one] for one in answers.keys() - reading - {("POST", "/read-picture")}
    )
    monkeypatch.setattr(BodyLimit, "__call__", lambda self, *asked: self.app(*asked))
    # What strangers may send to a page of a link has a smaller limit of its own.
    assert all(path.startswith("/d/") for (_, path), status in grown().items() if status == 413)


def test_who_goes_on_sending_what_was_refused_is_not_read_any_more(
    shared: Site, owner: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = told(owner, "POST", "/dreams", "transfer-encoding: chunked")
    sent, answer = pour(shared, head, GIGABYTE)
    assert sent < SOON
    assert answer[9:12] in (b"413", b"")  # the system may have thrown it away with the rest
    monkeypatch.setattr(CountedProtocol, "_is_refused", lambda self: False)
    assert pour(shared, head, 2 * SOON)[0] == 2 * SOON


def test_guests_send_files_up_to_their_limit(
    shared: Site, owner: httpx.Client, guest: httpx.Client
) -> None:
    limits = owner.put("/share/limits", json={"upload": 2_000_000}).json()
    assert limits["upload"] == 2_000_000
    assert guest.get("/me").json()["limits"]["upload"] == 2_000_000
    larger = b"\x89PNG\r\n\x1a\n" + b"x" * 2_000_000
    assert guest.post("/read-picture", content=larger[:-100]).status_code == 200
    refused = guest.post("/read-picture", content=larger)
    assert refused.status_code == 413
    assert (
        refused.text
        == "That file is larger than the 2 MB that you may send here. Choose a smaller one."
    )
    assert owner.post("/read-picture", content=larger).status_code == 200
    assert owner.put("/share/limits", json={"upload": None}).json()["upload"] is None
    assert guest.post("/read-picture", content=larger).status_code == 200
    assert owner.put("/share/limits", json={"upload": 10**9}).status_code == 422
    owner.put("/share/limits", json={"upload": 20_000_000})


def test_files_are_read_few_at_once(
    shared: Site, guest: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = told(guest, "POST", "/read-picture", "content-length: 1000", "expect: 100-continue")

    def status() -> int:
        return guest.post("/read-picture", content=b"x").status_code

    with connected(shared) as first, connected(shared) as second, connected(shared) as third:
        for sock in (first, second):
            assert status() == 200
            sock.sendall(head)
            assert sock.recv(4096)[9:12] == b"100"  # it is listened to
        assert status() == 429
        second.sendall(b"x" * 1000)
        assert second.recv(4096)[9:12] == b"200"
        assert status() == 200
        third.sendall(head)
        assert third.recv(4096)[9:12] == b"100"
        assert status() == 429
        monkeypatch.setattr("sdgui.web.doors.asgi._FILES_OF_ONE", 9)
        assert status() == 200


DEEP = b"[" * 10_000 + b"]" * 10_000
MANY = ("{" + ",".join(f'"{i:x}":0' for i in range(112_000)) + "}").encode()
"""As many keys as are taken in one request; a million are too large for it."""
JSON_ROUTES = [
    "/dreams",
    "/sheets",
    "/links",
    "/reuse",
    "/gradio_api/call/v2/dream",
    "/gradio_api/queue/join",
]


@pytest.mark.parametrize("path", JSON_ROUTES)
def test_json_that_is_too_deep_or_has_too_many_keys_is_said_to_be_none(
    shared: Site,
    owner: httpx.Client,
    path: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def post(content: bytes) -> httpx.Response:
        return owner.post(path, content=content, headers=JSON)

    for wrapped in (DEEP, b'{"values":' + DEEP + b"}", b'{"data":' + DEEP + b"}"):
        reply = post(wrapped)
        assert reply.status_code in (400, 404, 422), reply.text
        assert len(reply.text) < 1000
    reply = post(MANY)
    assert reply.status_code < 500
    assert len(reply.text) < 1000
    assert caplog.text == ""


def test_depth_is_a_fault_where_nobody_minds_it(
    shared: Site, owner: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def careless(request: Any) -> Any:
        return json.loads(await request.body())

    path = "/gradio_api/call/v2/dream"
    asked = {"prompt": "a boat", "steps": 2}
    assert owner.post(path, json=asked).status_code == 200
    assert owner.post(path, content=b"[" * 200_000).status_code == 422
    monkeypatch.setattr(program_routes, "read_json", careless)
    assert owner.post(path, content=b"[" * 200_000).status_code == 500


@pytest.mark.parametrize("where", ["address", "header", "many headers"])
def test_a_head_that_is_too_large_is_refused(
    shared: Site, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(size: int) -> bytes:
        large = "x" * size
        match where:
            case "address":
                head = f"GET /status?{large} HTTP/1.1\r\n"
            case "header":
                head = f"GET /status HTTP/1.1\r\nx-large: {large}\r\n"
            case _:
                many = "".join(f"x-{i}: {'x' * 50}\r\n" for i in range(size // 60))
                head = f"GET /status HTTP/1.1\r\n{many}"
        with connected(shared) as sock:
            try:
                sock.sendall(f"{head}host: localhost\r\n\r\n".encode())
                return sock.recv(4096)[9:12]
            except ConnectionError:  # the refusal went with the rest
                return b""

    assert ask(1000) == b"200"
    assert ask(200_000) in (b"400", b"")
    monkeypatch.setattr(h11_impl, "DEFAULT_MAX_INCOMPLETE_EVENT_SIZE", 10**6)
    assert ask(200_000) == b"200"


def png(*chunks: tuple[bytes, bytes], size: tuple[int, int] = (64, 64)) -> bytes:
    head = (b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    parts = [
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in (head, *chunks, (b"IEND", b""))
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def inflating_to(size: int) -> bytes:
    """Zlib's stream of so many spaces, of a few bytes for each million."""
    packing = zlib.compressobj(9)
    start = packing.compress(b" " * 10**6) + packing.flush(zlib.Z_FULL_FLUSH)
    once = packing.compress(b" " * 10**6) + packing.flush(zlib.Z_FULL_FLUSH)
    return start + once * (size // 10**6 - 1)


BOMB = inflating_to(GIGABYTE)
SAID = b"a boat\nSteps: 7, Sampler: Euler, CFG scale: 2, Seed: 1, Size: 64x64"
SMALL = zlib.compress(SAID)


@pytest.mark.parametrize(
    ("kind", "head"),
    [(b"zTXt", b"parameters\0\0"), (b"iTXt", b"parameters\0\1\0\0\0")],
)
def test_a_gigabyte_in_a_text_of_a_picture_is_not_unpacked(
    owner: httpx.Client, kind: bytes, head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(packed: bytes) -> dict[str, Any]:
        reply = owner.post("/read-picture", content=png((kind, head + packed)))
        assert reply.status_code == 200
        told: dict[str, Any] = reply.json()
        return told

    unpacked: list[int] = []
    inflate = texts._inflate

    def counted(packed: bytes, found: texts.Texts) -> bytes:
        text = inflate(packed, found)
        unpacked.append(len(text))
        return text

    monkeypatch.setattr(texts, "_inflate", counted)
    assert read(SMALL)["request"]["steps"] == 7
    assert len(BOMB) < texts.MAX_TEXT
    assert "longer than what is read" in str(read(BOMB)["notes"])
    assert unpacked == [len(SAID), 0]
    monkeypatch.setattr(texts, "MAX_TEXT", 10**8)
    read(inflating_to(5 * 10**7))
    assert unpacked[-1] >= 5 * 10**7


def test_pixels_that_a_file_claims_are_not_made(owner: httpx.Client) -> None:
    bomb = png((b"IDAT", inflating_to(10**9)), size=(50_000, 50_000))
    assert owner.post("/read-picture", content=bomb).json()["size"] == [50_000, 50_000]


def test_what_is_packed_otherwise_is_not_unpacked_at_all(owner: httpx.Client) -> None:
    asked = json.dumps({"prompt": "a boat", "steps": 2}).encode()
    path = "/gradio_api/call/v2/dream"
    assert owner.post(path, content=asked, headers=JSON).status_code == 200
    zipped = {**JSON, "content-encoding": "gzip"}
    assert owner.post(path, content=gzip.compress(asked), headers=zipped).status_code == 422
    archive = b"PK\x03\x04" + b"\0" * 1000
    assert "no PNG" in owner.post("/read-picture", content=archive).text


def test_a_form_that_never_ends_is_no_request(shared: Site, owner: httpx.Client) -> None:
    broken = (
        b'--x\r\ncontent-disposition: form-data; name="a"; filename="../b"\r\n\r\n' + b"y" * 10**5
    )
    headers = {"content-type": "multipart/form-data; boundary=x"}
    for method, path in changing(shared):
        assert owner.request(method, path, content=broken, headers=headers).status_code < 500
    assert owner.post("/gradio_api/upload", content=broken, headers=headers).status_code == 404
