"""What proxies tell, and the root path below which they have this server."""

import contextlib
import http.client
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sdgui.web.doors import proxies
from sdgui.web.doors.gate import NEWCOMERS, Newcomers
from sdgui.web.doors.proxies import Proxies
from tests.web.conftest import BROWSER, Site, open_site

PUBLIC = {"x-forwarded-host": "dreams.example", "x-forwarded-proto": "https"}
FROM = {"x-forwarded-for": "203.0.113.5"}
ROOT = "/art/sd"


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site on loopback behind a proxy that it was told of, below a path."""
    folder = tmp_path_factory.mktemp("proxied")
    with open_site(folder, root_path=ROOT, trusted_proxies=("127.0.0.1/32",)) as site:
        yield site


@pytest.fixture
def browser(proxied: Site) -> Iterator[httpx.Client]:
    """Somebody's browser, as it reaches us through the proxy."""
    proxied.app.state.gate.newcomers = Newcomers()
    headers = {**BROWSER, **PUBLIC, **FROM}
    with proxied.client(headers=headers) as client:
        client.base_url = httpx.URL(f"{proxied.url}{ROOT}/")
        yield client


def test_who_comes_through_a_proxy_that_was_not_named_is_not_taken_for_the_owner(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.client(headers=BROWSER) as client:
        assert client.get("/me").json()["role"] == "owner"
        for told in (PUBLIC, FROM, {"forwarded": "for=203.0.113.5"}, {"x-real-ip": "203.0.113.5"}):
            refused = client.get("/me", headers=told)
            assert refused.status_code == 403
            assert "--trusted-proxy" in refused.text
        monkeypatch.setattr(Proxies, "__call__", lambda self, *asked: self.app(*asked))
        assert client.get("/me", headers=FROM).json()["role"] == "owner"


def test_a_proxy_that_says_nothing_of_itself_is_known_by_what_it_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As nginx does with `proxy_pass` alone: by HTTP/1.0, and with this machine's own address as the host."""
    seen = {"user-agent": "Mozilla/5.0", "sec-fetch-site": "none", "sec-fetch-mode": "navigate"}
    with open_site(tmp_path) as site:

        def ask(version: int, headers: dict[str, str]) -> tuple[int, str]:
            connection = http.client.HTTPConnection(site.url.removeprefix("http://"))
            connection._http_vsn = version  # type: ignore[attr-defined]
            connection._http_vsn_str = f"HTTP/1.{version % 10}"  # type: ignore[attr-defined]
            with contextlib.closing(connection):
                connection.request("GET", "/me", headers={"host": "127.0.0.1", **headers})
                reply = connection.getresponse()
                return reply.status, reply.read().decode()

        assert ask(11, seen)[0] == ask(10, {"user-agent": "an old program"})[0] == 200
        status, text = ask(10, seen)
        assert status == 403 and "--trusted-proxy" in text
        assert ask(11, {**seen, "via": "1.1 somewhere"})[0] == 403
        monkeypatch.setattr(proxies, "_is_older_than_its_browser", lambda scope: False)
        assert "owner" in ask(10, seen)[1]


def test_a_header_alone_proves_nothing(tmp_path: Path) -> None:
    with open_site(tmp_path, share=True, trusted_proxies=("198.51.100.0/24",)) as site:
        with site.client(headers={**BROWSER, **PUBLIC, **FROM}) as client:
            assert "Secure" not in client.get("/").headers["set-cookie"]
            assert client.get("/config").json()["root"] == site.url
        answers = [
            site.client(headers={**BROWSER, "x-forwarded-for": f"203.0.113.{i}"}).get("/me")
            for i in range(NEWCOMERS + 3)
        ]
        assert answers[-1].status_code == 429


def test_behind_a_proxy_that_was_named_who_comes_is_a_guest_from_where_it_says(
    proxied: Site, browser: httpx.Client
) -> None:
    me = browser.get("me")
    assert me.json()["role"] == "guest"
    assert f"Path={ROOT};" in me.headers["set-cookie"]
    assert me.headers["set-cookie"].endswith("; Secure")
    others = [proxied.client(headers={**BROWSER, **PUBLIC, **FROM}).get("/me") for _ in range(40)]
    assert others[-1].status_code == 429
    elsewhere = {**BROWSER, **PUBLIC, "x-forwarded-for": "192.0.2.1, 198.51.100.7"}
    assert proxied.client(headers=elsewhere).get("/me").status_code == 200
    # What the client itself wrote before the proxy did is not where it comes from.
    made_up = {**elsewhere, "x-forwarded-for": "192.0.2.77, 203.0.113.5"}
    assert proxied.client(headers=made_up).get("/me").status_code == 429


def test_the_owner_s_link_works_behind_a_proxy(proxied: Site, browser: httpx.Client) -> None:
    token = proxied.app.state.gate.keys.token
    assert browser.get("?token=wrong").status_code == 403
    reply = browser.get(f"?token={token}&seed=7")
    assert (reply.status_code, reply.headers["location"]) == (303, "./?seed=7")
    assert f"Path={ROOT};" in reply.headers["set-cookie"]
    assert reply.headers["set-cookie"].endswith("; Secure")
    cookie = {"cookie": reply.headers["set-cookie"].partition(";")[0]}
    assert browser.get("me", headers=cookie).json()["role"] == "owner"
    invited = browser.post("share/invitations", json={"note": "for ben"}, headers=cookie)
    assert invited.json()["link"].startswith(f"https://dreams.example{ROOT}/?i=")


def test_another_site_is_told_apart_by_the_proxy_s_name(browser: httpx.Client) -> None:
    del browser.headers["sec-fetch-site"]
    assert browser.post("cancel", headers={"origin": "https://dreams.example"}).status_code == 200
    for foreign in ("https://evil.example", "http://127.0.0.1", "null"):
        assert browser.post("cancel", headers={"origin": foreign}).status_code == 403
    rebound = {"host": "evil.example"}
    assert httpx.get(str(browser.base_url), headers=rebound, trust_env=False).status_code == 403


@pytest.mark.parametrize("prefix", [ROOT, ""])
def test_all_is_below_the_root_path_whether_the_proxy_takes_it_off_or_not(
    proxied: Site, browser: httpx.Client, prefix: str
) -> None:
    browser.base_url = httpx.URL(f"{proxied.url}{prefix}/")
    page = browser.get("")
    assert page.status_code == 200
    # As over an encrypted connection, and below the root path.
    browser.headers["cookie"] = page.headers["set-cookie"].partition(";")[0]
    assert f'"root":"https://dreams.example{ROOT}"' in page.text
    assert "sdgui/main.js" in page.text and "/sdgui/main.js" not in page.text
    for path in ("sdgui/main.js", "theme.css", "config", "status", "dreams", "gradio_api/info"):
        assert browser.get(path).status_code == 200, path
    assert browser.get("nothing").status_code == 404
    begun = browser.post("gradio_api/call/v2/dream", json={"prompt": "a boat", "steps": 2})
    news = browser.get(f"gradio_api/call/dream/{begun.json()['event_id']}").text
    assert f"https://dreams.example{ROOT}/picture/" in news
    assert browser.post("read-picture", content=b"x" * 2_000_000).status_code == 200
    assert browser.post("read-picture", content=b"x" * 21_000_000).status_code == 413
    [tile] = browser.get(f"dreams/{begun.json()['event_id']}").json()["tiles"]
    asked = {"kind": "picture", "pictures": [tile["picture"]], "shows": {}}
    link = browser.post("links", json=asked).json()["address"]
    assert link.startswith(f"https://dreams.example{ROOT}/d/")
    path = link.removeprefix(f"https://dreams.example{ROOT}/")
    told = browser.get(path, headers={"cookie": ""})
    assert told.status_code == 200 and f"{ROOT}/d/" in told.text
    assert browser.get(f"{path}/0.png").headers["content-type"] == "image/png"


def test_the_bare_root_path_leads_to_the_page(proxied: Site) -> None:
    with proxied.client() as client:
        reply = client.get(f"{ROOT}?seed=7")
        assert (reply.status_code, reply.headers["location"]) == (308, f"{ROOT}/?seed=7")
