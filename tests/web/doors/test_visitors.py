"""Every browser is a visitor from its first request on, and sees only what is its own."""

import asyncio
import hashlib
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest

from sdgui.errors import OutOfOrder
from sdgui.people import Role
from sdgui.spec import DreamRequest
from sdgui.web.doors.cookies import COOKIE, Cookies, token_of
from sdgui.web.doors.visitors import Visitors, visitor_id
from tests.people import who
from tests.web.conftest import BROWSER, Site, visitor_in

OLD = "an-old-token-of-the-former-version-012345678"
DREAMT = "an-old-token-of-one-who-dreamt-then-01234567"
DAY = 24 * 3600


@pytest.mark.parametrize(
    "path", ["/", "/status", "/config", "/sdgui/main.js", "/nothing/here", "/thumb/no"]
)
def test_a_browsers_first_answer_sets_the_cookie_whatever_was_asked(site: Site, path: str) -> None:
    reply = site.client().get(path, headers=BROWSER)
    [(name, morsel)] = SimpleCookie(reply.headers["set-cookie"]).items()
    assert name.startswith(f"{COOKIE}_")
    assert morsel["httponly"] and morsel["samesite"] == "Lax" and morsel["path"] == "/"
    assert len(token_of(morsel.value)) >= 43  # 256 bits in base64
    assert reply.headers["cache-control"] in ("private, no-cache", "no-store")


def test_a_known_visitor_gets_no_new_cookie(site: Site) -> None:
    assert "set-cookie" not in site.visitor().get("/").headers


@pytest.mark.parametrize(
    "other", ["flag", 'tree={"a": [1, 2]}', "a@b=1", "words=one two", "_xsrf=2|1:0|10:5"]
)
def test_the_cookies_of_other_programs_on_this_machine_do_not_hide_ours(
    site: Site, other: str
) -> None:
    owner = site.visitor()
    [(name, value)] = owner.cookies.items()
    cookies = f"{other}; {name}={value}"
    reply = httpx.get(f"{site.url}/status", headers={"cookie": cookies}, trust_env=False)
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize(
    "forged", ["", "short", "../../etc/passwd" * 3, "x" * 500, OLD, f"{OLD}.aYaY.{OLD}"]
)
def test_a_cookie_that_somebody_made_up_is_refused(site: Site, forged: str) -> None:
    [name] = site.visitor().cookies
    for named in (COOKIE, name, f"{COOKIE}_other"):
        headers = {"cookie": f"{named}={forged}", **BROWSER}
        reply = httpx.get(f"{site.url}/status", headers=headers, trust_env=False)
        assert visitor_in(reply.cookies) != visitor_id(forged)
        assert name in reply.headers["set-cookie"]


def test_a_cookie_that_was_tampered_with_is_refused(site: Site) -> None:
    [(name, value)] = site.visitor().cookies.items()
    token, made, signature = value.split(".")
    other = "A" if token[0] != "A" else "B"
    for changed in (
        f"{other}{token[1:]}.{made}.{signature}",
        f"{token}.{made[:-1]}.{signature}",
        f"{token}.{made}.{signature[:-2]}",
        f"{token}.{made}",
    ):
        headers = {"cookie": f"{name}={changed}", **BROWSER}
        reply = httpx.get(f"{site.url}/status", headers=headers, trust_env=False)
        assert name in reply.headers["set-cookie"]


def test_a_cookie_of_the_former_version_keeps_its_pictures_and_becomes_a_signed_one(
    site: Site,
) -> None:
    job = site.studio.submit(DreamRequest(prompt="a cat"), who(visitor_id(DREAMT)))
    site.wait(job)
    with site.client(cookies={COOKIE: DREAMT}) as browser:
        reply = browser.get("/dreams", headers=BROWSER)
        assert [one["id"] for one in reply.json()["dreams"]] == [job.id]
        [(name, value)] = reply.cookies.items()
        assert name.startswith(f"{COOKIE}_") and token_of(value) == DREAMT
        again = browser.get("/dreams")
        assert "set-cookie" not in again.headers
        assert again.json() == reply.json()


@pytest.mark.parametrize("path", ["/", "/config"])
def test_whoever_comes_to_the_page_gets_a_cookie(site: Site, path: str) -> None:
    assert COOKIE in site.client().get(path).headers["set-cookie"]


def test_a_program_without_a_cookie_is_known_by_its_address_and_stays_that_person(
    site: Site,
) -> None:
    client = site.client()  # with a memory for cookies: none is given that would make it another
    call = client.post("/gradio_api/call/v2/dream", json={"prompt": "a cat", "steps": 1})
    job = call.json()["event_id"]
    assert "set-cookie" not in call.headers
    for _ in range(2):
        reply = client.get(f"/dreams/{job}")
        assert reply.status_code == 200
        assert "set-cookie" not in reply.headers
    assert site.visitor().get(f"/dreams/{job}").status_code == 404


def test_the_token_itself_is_not_stored(site: Site) -> None:
    client = site.visitor()
    job = site.dream(client)
    [value] = client.cookies.values()
    token = token_of(value)
    assert job.visitor == hashlib.sha256(token.encode()).hexdigest() == visitor_id(token)


def test_another_visitor_finds_nothing(site: Site) -> None:
    owner, other = site.visitor(), site.visitor()
    job = site.dream(owner)
    picture = job.tasks[0].id
    for path in (
        f"/picture/{picture}",
        f"/thumb/{picture}",
        f"/dreams/{job.id}",
        f"/live/{job.id}/0",
        f"/unsaved/{job.id}/0",
    ):
        assert other.get(path).status_code == 404, path
    assert other.delete(f"/picture/{picture}").status_code == 404
    assert other.get("/dreams").json()["dreams"] == []
    assert owner.get(f"/picture/{picture}").status_code == 200


def test_another_visitor_cannot_stop_a_dream(site: Site) -> None:
    owner, other = site.visitor(), site.visitor()
    site.engine.go.clear()
    job = site.begin(owner)
    assert other.post(f"/jobs/{job.id}/cancel").json() == {"cancelled": False}
    assert other.post("/cancel").json() == {"cancelled": 0}
    assert owner.post(f"/jobs/{job.id}/cancel").json() == {"cancelled": True}
    site.wait(job)


@dataclass(kw_only=True)
class Server:
    """Visitors of one output folder, at a time that a test sets, and the visitors whom its store knows."""

    secret: bytes = b"one"
    now: float = 1.8e9
    known: set[str] = field(default_factory=set)
    is_locked: bool = False

    def visit(self, cookies: dict[str, str]) -> str:
        """The id of a browser that asks with its cookies, among which it puts the one that it is given."""
        seen: list[str] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope["state"]["visitor"])
            await send({"type": "http.response.start", "status": 200, "headers": []})

        async def send(message: Any) -> None:
            for name, value in message.get("headers", ()):
                if name == b"set-cookie":
                    [(key, morsel)] = SimpleCookie(value.decode()).items()
                    cookies[key] = morsel.value

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        visitors = Visitors(app, self.secret, self._knows)
        visitors.cookies = Cookies(self.secret, lambda: self.now)
        sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = [(b"cookie", sent.encode()), (b"sec-fetch-site", b"same-origin")]
        scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
        asyncio.run(visitors(scope, receive, send))
        return seen[0] if seen else "nobody"

    def _knows(self, visitor: str) -> bool:
        if self.is_locked:
            raise OutOfOrder("The database is locked.")
        return visitor in self.known


def test_whoever_comes_back_within_400_days_stays_who_they_are_for_ever() -> None:
    server, cookies = Server(), {}
    who_it_is = server.visit(cookies)
    for _ in range(10):
        before = dict(cookies)
        server.now += 399 * DAY
        assert server.visit(cookies) == who_it_is
        assert cookies != before  # 400 days more
    before = dict(cookies)
    server.now += DAY / 2
    assert server.visit(cookies) == who_it_is
    assert cookies == before


def test_two_servers_on_one_machine_do_not_take_each_other_s_visitors() -> None:
    one, other, cookies = Server(secret=b"one"), Server(secret=b"other"), {}
    first, second = one.visit(cookies), other.visit(cookies)
    assert first != second
    for _ in range(3):
        one.now = other.now = one.now + 2 * DAY
        assert (one.visit(cookies), other.visit(cookies)) == (first, second)
    assert len(cookies) == 2


def test_a_former_cookie_is_known_at_each_of_two_servers_that_know_it() -> None:
    visitor = visitor_id(OLD)
    one, other = Server(secret=b"one", known={visitor}), Server(secret=b"other", known={visitor})
    cookies = {COOKIE: OLD}
    for _ in range(2):
        assert (one.visit(cookies), other.visit(cookies)) == (visitor, visitor)
    assert Server(secret=b"third").visit(cookies) != visitor


def test_whoever_has_pictures_stays_who_they_are_when_the_secret_is_lost() -> None:
    cookies: dict[str, str] = {}
    owner = Server().visit(cookies)
    guest_cookies: dict[str, str] = {}
    guest = Server().visit(guest_cookies)
    after = Server(secret=b"new", known={owner})
    for _ in range(2):
        assert after.visit(cookies) == owner
    assert after.visit(guest_cookies) != guest


def test_nobody_becomes_somebody_else_while_the_store_cannot_say_who_they_are() -> None:
    server, cookies = Server(known={visitor_id(OLD)}), {COOKIE: OLD}
    server.is_locked = True
    assert server.visit(cookies) == "nobody"
    assert cookies == {COOKIE: OLD}
    server.is_locked = False
    assert server.visit(cookies) == visitor_id(OLD)


def test_the_store_is_asked_of_few_cookies_however_many_come() -> None:
    asked: list[str] = []
    server = Server()
    server._knows = lambda visitor: asked.append(visitor) is not None  # type: ignore[method-assign]
    server.visit({f"{COOKIE}_{i}": f"{OLD}{i}" for i in range(100)})
    assert 0 < len(asked) <= 8


@pytest.mark.parametrize(
    ("sent", "claimed"),
    [
        ({"user-agent": "Mozilla/5.0"}, 1),
        ({"user-agent": "Mozilla/5.0", "cookie": ""}, 0),  # its cookie may never come back
        ({"user-agent": "python-httpx"}, 0),
    ],
)
def test_pictures_of_nobody_go_once_to_the_owner_whose_browser_came_back(
    sent: dict[str, str], claimed: int
) -> None:
    cookies, given = Cookies(b"x" * 32), list[str]()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        pass

    visitors = Visitors(app, b"x" * 32, lambda visitor: True, claim=given.append)
    cookie = cookies.made_for("a" * 43, secure=False).partition(";")[0]
    headers = {"cookie": cookie, "sec-fetch-site": "same-origin", **sent}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    for _ in range(2):
        scope = {"type": "http", "method": "GET", "path": "/", "headers": pairs}
        asyncio.run(visitors(scope, None, None))  # type: ignore[arg-type]
    assert given == [visitor_id("a" * 43)] * claimed


def test_pictures_of_nobody_do_not_go_to_a_guest() -> None:
    given = list[str]()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        pass

    visitors = Visitors(app, b"x" * 32, lambda visitor: True, claim=given.append)
    cookie = Cookies(b"x" * 32).made_for("a" * 43, secure=False).partition(";")[0]
    pairs = [(b"cookie", cookie.encode()), (b"user-agent", b"Mozilla/5.0")]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": pairs}
    scope["state"] = {"role": Role.GUEST}
    asyncio.run(visitors(scope, None, None))  # type: ignore[arg-type]
    assert given == []
