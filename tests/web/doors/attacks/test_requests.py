"""Requests that no browser sends: targets, heads and bodies that two servers may read in two ways."""

import base64
import json
import posixpath
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from sdgui.web.doors import auth
from sdgui.web.doors.plain_requests import PlainRequests
from tests.web.conftest import BROWSER, Site
from tests.web.doors.attacks.wire import ask_raw, cookies_of, request, wire_to
from tests.web.doors.test_gradio_door import NOTHING

ASKED = json.dumps({"asked": {"steps": "9"}, "model": "demo"}).encode()
TOLD = '{"values":{"steps":9}}'
"""What is answered to that."""
POST = "POST /links/asked HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
CHUNKED = f"{len(ASKED):x}\r\n{ASKED.decode()}\r\n0\r\n\r\n"
HIDDEN = request("/status").decode()
"""A request within the body of another."""


pytestmark = pytest.mark.usefixtures("open_anew")


@pytest.fixture(scope="module")
def owner(shared: Site) -> httpx.Client:
    return shared.owner()


async def pass_all(self: PlainRequests, scope: Scope, receive: Receive, send: Send) -> None:
    await self.app(scope, receive, send)


# Targets

TARGETS = (
    *("http://evil.example{x}", "http://localhost{x}", "https://localhost:1{x}", "//evil{x}"),
    *("/{x}", "//{x}", "/.{x}", "/..{x}", "/x/..{x}", "/static/..{x}", "/assets/../assets/..{x}"),
    *("/;{x}", "/..;{x}", "/x/..;{x}", "/%2e{x}", "/%2e%2e{x}", "/x%2f..{x}", "/static/%2e%2e{x}"),
    *(
        "/%252e%252e{x}",
        "/x/%252e%252e{x}",
        "{x}/",
        "{x}//",
        "{x}/.",
        "{x}/x/..",
        "{x}%2f",
        "{x}%20",
    ),
    *("{x}%00", "{x}%0d%0a", "{x};a=b", "{x}.", "{x}.json", "{x}%23", "{x}%3fa", "\\{x}", "/\\{x}"),
)
LOOSE = ("*", "localhost:80", "status", "?x", "#", "x:y")
CLOSED = ("/share", "/gradio_api/info")


def test_an_address_is_spelt_in_one_way(
    shared: Site, owner: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or whoever guards one path in front of us would be told nothing of another spelling."""
    sent = {"cookie": cookies_of(owner)}
    plain = {path: ask_raw(shared, request(path, headers=sent)) for path in CLOSED}
    assert {one.status for one in plain.values()} == {200}
    odd = {shape.replace("{x}", path): path for shape in TARGETS for path in CLOSED} | {
        path.upper(): path for path in CLOSED
    }
    for target in (*odd, *LOOSE):
        heard = ask_raw(shared, request(target, headers=sent))
        assert heard.status in (400, 404), target
        assert "location" not in heard.headers and "set-cookie" not in heard.headers, target
        assert heard.text in (
            NOTHING,
            '{"detail":"Not Found"}',
            "This request asks for nothing that begins with a slash.",
        ), target

    async def tidy_up(self: PlainRequests, scope: Scope, receive: Receive, send: Send) -> None:
        path = unquote(scope["path"].rpartition("://")[2]).lower().replace("\\", "/")
        path = posixpath.normpath(f"/{path.split(';')[0]}".replace("//", "/")).rstrip(". ")
        await self.app({**scope, "path": path}, receive, send)

    monkeypatch.setattr(PlainRequests, "__call__", tidy_up)
    reached = [
        target
        for target, path in odd.items()
        if ask_raw(shared, request(target, headers=sent)).body[:20] == plain[path].body[:20]
    ]
    assert len(reached) > 30


METHODS = ("OPTIONS", "HEAD", "TRACE", "PATCH", "CONNECT", "PROPFIND", "get", "QUERY", "PRI")
ROUTES = (
    *("/gradio_api/info", "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/cancel"),
    *("/gradio_api/heartbeat/x", "/gradio_api/call/dream", "/gradio_api/reset", "/config"),
    *("/status", "/share", "/share/link", "/dreams", "/history/zip", "/me", "/oembed"),
)


def test_a_method_that_no_page_uses_does_nothing_anywhere(
    shared: Site, owner: httpx.Client
) -> None:
    sent = {"cookie": cookies_of(owner), "x-http-method-override": "GET", "x-method": "POST"}
    assert ask_raw(shared, request("/share", headers=sent)).status == 200
    for method in METHODS:
        for path in ROUTES:
            heard = ask_raw(shared, request(path, method=method, headers=sent), method)
            assert heard.status in (404, 405), (method, path)
            assert heard.text in ("", NOTHING), (method, path)
            told = {name.lower() for name in heard.headers}
            assert not [name for name in told if name.startswith("access-control")]
            assert "allow" not in told and "set-cookie" not in told


# Heads and bodies

FRAMED = {
    "two lengths": f"{POST}content-length: {len(ASKED)}\r\ncontent-length: 0\r\n\r\n{ASKED.decode()}",
    "a length with a sign": f"{POST}content-length: +{len(ASKED)}\r\n\r\n{ASKED.decode()}",
    "a length below nothing": f"{POST}content-length: -1\r\n\r\n{ASKED.decode()}",
    "a length and chunks": f"{POST}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n{CHUNKED}",
    "chunks and a length": f"{POST}transfer-encoding: chunked\r\ncontent-length: {len(CHUNKED)}\r\n\r\n{CHUNKED}",
    "chunks twice": f"{POST}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n{CHUNKED}",
    "identity": f"{POST}transfer-encoding: identity\r\ncontent-length: 5\r\n\r\n{ASKED.decode()}",
    "packed": f"{POST}transfer-encoding: gzip, chunked\r\n\r\n{CHUNKED}",
    "an own encoding": f"{POST}transfer-encoding: xchunked\r\n\r\n{CHUNKED}",
    "a name with a space": f"{POST}transfer-encoding : chunked\r\n\r\n{CHUNKED}",
    "a chunk with a sign": f"{POST}transfer-encoding: chunked\r\n\r\n-{CHUNKED}",
    "a chunk in another base": f"{POST}transfer-encoding: chunked\r\n\r\n0x{CHUNKED}",
    "a chunk without its end": f"{POST}transfer-encoding: chunked\r\n\r\n{CHUNKED.replace('}' + chr(13), '}XX')}",
    "a zero": f"{POST}x: a\0b\r\ncontent-length: {len(ASKED)}\r\n\r\n{ASKED.decode()}",
    "half a line's end": f"{POST}x: a\rb: c\r\ncontent-length: {len(ASKED)}\r\n\r\n{ASKED.decode()}",
    "a fold before all": request("/me").decode().replace("host", " host"),
    "two hosts": request("/me", headers={"Host": "localhost"}).decode(),
    "no host": request("/me", host=None).decode(),
    "no version": "GET /me\r\n\r\n",
    "a tab for a space": "GET\t/me HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "a target that is no ASCII": "GET /m\xe9 HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "two origins": request(
        "/me", headers={"origin": "http://localhost", "Origin": "http://evil"}
    ).decode(),
    "two who ask": request(
        "/me", headers={"authorization": "Bearer x", "Authorization": "Basic x"}
    ).decode(),
    "two sites": request(
        "/me", headers={"sec-fetch-site": "none", "Sec-Fetch-Site": "cross-site"}
    ).decode(),
}


@pytest.mark.parametrize("said", FRAMED.values(), ids=FRAMED)
def test_what_can_be_read_in_two_ways_is_refused_and_nothing_follows_it(
    shared: Site, said: str
) -> None:
    """Nothing that comes behind it on the connection is taken for a request of its own."""
    with wire_to(shared) as wire:
        wire.say(f"{said}{HIDDEN}")
        heard = wire.hear("POST")
        assert heard.status in (400, 422), heard.text
        assert TOLD not in heard.text and "guest" not in heard.text
        assert "set-cookie" not in heard.headers
        rest = b""
        try:
            while more := wire.sock.recv(4096):
                rest += more
        except ConnectionResetError:
            pass
    assert b"200 OK" not in rest


def test_each_of_these_is_a_request_where_nobody_minds(
    shared: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = ask_raw(
        shared,
        request(
            "/links/asked", method="POST", body=ASKED, headers={"content-type": "application/json"}
        ),
    )
    assert (right.status, right.text) == (200, TOLD)
    monkeypatch.setattr(PlainRequests, "__call__", pass_all)
    with wire_to(shared) as wire:
        wire.say(f"{FRAMED['chunks and a length']}{HIDDEN}")
        assert wire.hear("POST").text == TOLD
        assert "state" in wire.hear().text  # which a proxy took for the end of the first body
    for name in ("two origins", "two who ask", "two sites"):
        assert ask_raw(shared, FRAMED[name]).status in (200, 401)


def test_a_request_of_the_first_version_is_one_of_nobody(shared: Site) -> None:
    """It needs no host, and is answered once."""
    with wire_to(shared) as wire:
        wire.say("GET /me HTTP/1.0\r\n\r\nGET /share HTTP/1.0\r\n\r\n")
        heard = wire.hear()
        assert json.loads(heard.text)["role"] == "guest"
        assert wire.is_over()


def test_what_is_wrong_with_a_request_is_said_as_it_is(shared: Site) -> None:
    two_ways = "This request can be read in two ways."
    odd_host = "This request names a host that no browser can ask for."
    said = {
        request(headers={"origin": "http://a", "Origin": "http://b"}): two_ways,
        request(host="a b"): odd_host,
        request(host="localhost:x"): odd_host,
        request(host="localhost::"): odd_host,
        request(host=":"): odd_host,
        request("localhost:80"): "This request asks for nothing that begins with a slash.",
    }
    assert {told: ask_raw(shared, told).text for told in said} == said


# Hosts

LOCAL = (
    *("localhost", "LOCALHOST:7860", "127.0.0.1", "127.1.2.3:1", "[::1]", "[::1]:7860"),
    *("localhost:", "127.0.0.1:", "[::1]:"),
)
FOREIGN = (
    *("evil@localhost", "u:p@127.0.0.1", "localhost@evil", "localhost/evil", "localhost?evil"),
    *(
        "localhost#evil",
        "evil\\@localhost",
        "localhost\\evil",
        "localhost.",
        "127.0.0.1.",
        "a.localhost",
    ),
    *(
        "localhost,evil",
        "localhost evil",
        "localhost:x",
        "localhost:999999",
        "[::1%25lo]",
        "[::1",
        "::1",
    ),
    *("127.1", "2130706433", "0x7f.1", "0", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "", ":80"),
    *(
        "xn--localhost-",
        "l\xf6calhost",
        "\xb9localhost",
        "localhost\r\n evil",
        "evil\r\n localhost",
    ),
)


def test_a_server_of_this_machine_answers_to_its_own_names_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for host in LOCAL:
        assert ask_raw(site, request(host=host)).status == 200, host
    for host in FOREIGN:
        heard = ask_raw(site, request(host=host))
        assert heard.status in (400, 403) and "owner" not in heard.text, host
    assert ask_raw(site, "GET /me HTTP/1.0\r\n\r\n").status == 403
    monkeypatch.setattr(PlainRequests, "__call__", pass_all)
    monkeypatch.setattr(auth, "is_loopback", lambda name: True)
    for host in FOREIGN:
        if host not in ("[::1", "::1", "", ":80"):  # of which there is no name
            assert ask_raw(site, request(host=host)).status == 200, host


def test_a_host_with_an_empty_port_is_that_host_for_who_compares_it(shared: Site) -> None:
    asked = {"Content-Type": "application/json", "Origin": "http://localhost"}
    heard = [
        ask_raw(shared, request("/me/told", method="POST", host=host, headers=asked), "POST")
        for host in ("localhost:", "localhost", "elsewhere:")
    ]
    assert [one.status for one in heard] == [200, 200, 403]


@pytest.mark.parametrize("host", ["a@b", "a/b", 'a"b', "a</script><script>b", "a b", "a:b", ""])
def test_a_host_that_is_made_up_gets_into_no_page(
    shared: Site, owner: httpx.Client, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {"cookie": cookies_of(owner)}
    assert ask_raw(shared, request("/", host="somewhere.example:80", headers=sent)).status == 200
    for path in ("/", "/config", "/share/qr", "/status"):
        assert ask_raw(shared, request(path, host=host, headers=sent)).status == 400
    monkeypatch.setattr(PlainRequests, "__call__", pass_all)
    assert ask_raw(shared, request("/status", host=host, headers=sent)).status == 200


# Who asks

ELSEWHERE = {
    "x-original-url": "/share",
    "x-rewrite-url": "/share",
    "x-original-uri": "/share",
    "x-forwarded-uri": "/share",
    "x-forwarded-prefix": "/share",
    "x-http-method-override": "DELETE",
    "x-forwarded-for": "127.0.0.1, ::1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
    "x-forwarded-user": "owner",
    "x-remote-user": "owner",
    "remote-user": "owner",
    "x-real-ip": "127.0.0.1",
    "x-client-ip": "127.0.0.1",
    "true-client-ip": "127.0.0.1",
    "forwarded": "for=127.0.0.1;host=evil.example;proto=https",
    "x_forwarded_for": "127.0.0.1",
    "x-gradio-user": "owner",
    "x-ip-token": "owner",
    "x-sdgui-role": "owner",
}


def test_no_header_says_who_somebody_is_or_what_they_mean(
    shared: Site, owner: httpx.Client
) -> None:
    sent = {"cookie": cookies_of(owner)}
    assert ask_raw(shared, request("/share", headers=sent)).status == 200
    plain = json.loads(ask_raw(shared, request()).text)
    assert plain["role"] == "guest"
    for name, value in ELSEWHERE.items():
        heard = ask_raw(shared, request(headers={name: value}))
        assert json.loads(heard.text) == plain, name
        assert "evil" not in heard.text and "secure" not in str(heard.headers).lower()
    heard = ask_raw(shared, request(headers=ELSEWHERE))
    assert json.loads(heard.text) == plain
    assert ask_raw(shared, request("/share", headers=ELSEWHERE)).status == 403


PASSWORD = "öpen: sesame"


def basic(name: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def test_of_two_cookies_of_one_name_the_first_that_was_signed_here_counts(
    shared: Site, owner: httpx.Client
) -> None:
    """Whatever stands before it, and wherever another header says more."""
    [one, other] = (shared.visitor() for _ in range(2))
    [(name, value)], [(_, second)] = one.cookies.items(), other.cookies.items()

    def number(*cookies: str, **more: str) -> Any:
        headers = {"cookie": "; ".join(f"{name}={cookie}" for cookie in cookies), **more}
        return json.loads(ask_raw(shared, request(headers=headers)).text)["number"]

    first, last = number(value), number(second)
    nobody = number("")
    assert len({first, last, nobody}) == 3
    unsigned = f"{value.partition('.')[0]}.x.y"
    assert number(unsigned, value) == first
    assert number(value, unsigned) == first
    assert number(f"{value}x", second) == last
    assert number(value, second) == first
    assert number(second, value) == last
    assert number(unsigned, Cookie=f"{name}={value}") == nobody
    [(mine, told)] = [(k, v) for k, v in owner.cookies.items() if k.startswith("sdgui_owner")]
    heard = ask_raw(shared, request("/share", headers={"cookie": f"{mine}=owner.x; {mine}={told}"}))
    assert heard.status == 200
    assert ask_raw(shared, request("/share", headers={"cookie": f"{mine}=owner.x"})).status == 403


@pytest.mark.usefixtures("nobody_waits")
def test_name_token_and_cookie_at_once_make_nobody_more_than_each(guarded_site: Site) -> None:
    site = guarded_site
    token = site.app.state.gate.keys.token
    ann = {"authorization": basic("ann", PASSWORD)}
    signed = site.client(headers={**BROWSER, **ann})
    assert signed.get("/me").json()["name"] == "ann"
    owner = site.client(headers=BROWSER, follow_redirects=True)
    owner.get(f"/?token={token}").raise_for_status()
    cookie = {"cookie": cookies_of(owner)}

    def me(**headers: str) -> tuple[int, Any]:
        heard = ask_raw(site, request(headers=headers))
        told = json.loads(heard.text) if heard.status == 200 else {}
        return heard.status, told.get("role")

    assert me(**ann) == (200, "guest")
    assert me(**cookie) == (200, "owner")
    assert me(authorization=f"Bearer {token}") == (200, "owner")
    wrong = {"authorization": basic("ann", "x")}
    assert me(**wrong) == (401, None)
    assert me(authorization=f"Bearer {token}x", **cookie) == (200, "owner")
    assert me(authorization=basic("owner", "x")) == (401, None)
    assert me(authorization=basic("ann", PASSWORD), cookie="sdgui_owner_x=owner.x") == (
        200,
        "guest",
    )
    assert me(authorization=basic("ann", PASSWORD), Authorization=f"Bearer {token}") == (
        400,
        None,
    )
    assert me(authorization=f"{basic('ann', PASSWORD)}, Bearer {token}") == (401, None)
