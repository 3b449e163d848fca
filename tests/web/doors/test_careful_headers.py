"""Every answer tells a browser to be careful, and every private one that it is not to be kept."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.web.conftest import Site
from tests.web.doors.belongings import Belongings, belongings_of, stands_for
from tests.web.doors.every_route import (
    EVERYBODYS,
    MAKERS,
    OWNERS,
    STRANGERS,
    Way,
    ask,
    filled,
)

FILES = ("/sdgui/main.js", "/theme.css", "/favicon.ico", "/manifest.json")


@pytest.fixture(scope="module")
def browser(shared: Site) -> httpx.Client:
    """The owner's."""
    return shared.owner()


@pytest.fixture
def owner(shared: Site, browser: httpx.Client) -> Iterator[Belongings]:
    with belongings_of(shared, browser) as theirs:
        yield theirs


def check_careful(headers: httpx.Headers) -> None:
    names = [name for name, _ in headers.multi_items() if name != "set-cookie"]
    assert len(names) == len(set(names))
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    for power in ("camera", "microphone", "geolocation", "usb"):
        assert f"{power}=()" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy
    scripts = policy.partition("script-src ")[2].partition(";")[0]
    assert "unsafe-inline" not in scripts and "*" not in policy and "http" not in policy


def test_every_answer_is_careful_and_nothing_private_is_kept(
    shared: Site, owner: Belongings
) -> None:
    rows = {
        **{route: Way(body=body) for route, body in OWNERS.items()},
        **MAKERS,
        **EVERYBODYS,
        ("GET", "/nothing"): Way(),
        ("GET", "/assets/nothing"): Way(),
        ("GET", "/gradio_api/info"): Way(),
        ("GET", "/config"): Way(),
    }
    theirs = stands_for(owner)
    assert owner.link and owner.place and owner.undo and owner.token  # made while it is there

    def stands(name: str) -> Any:
        return "x" if name in ("person", "invitation") else theirs(name)

    for (method, path), way in rows.items():
        address = filled(path + way.query, stands)
        reply = ask(owner.client, method, address, filled(way.body, stands))
        check_careful(reply.headers)
        if path != "/manifest.json":
            assert "no-store" in reply.headers["cache-control"], path
            assert reply.headers["cross-origin-resource-policy"] == "same-origin"


def test_the_page_and_its_files_are_asked_for_anew_and_are_the_same_for_all(
    shared: Site, owner: Belongings
) -> None:
    page = owner.client.get("/")
    check_careful(page.headers)
    assert page.headers["cache-control"] == "private, no-cache"
    for path in FILES:
        headers = owner.client.get(path).headers
        check_careful(headers)
        assert "no-store" not in headers.get("cache-control", "")


def test_who_is_turned_away_is_told_so_as_carefully(
    shared: Site, guarded_site: Site, owner: Belongings
) -> None:
    for reply in (
        guarded_site.client().get("/"),
        shared.client().get("/share"),
        shared.client().post("/cancel", headers={"origin": "null"}),
        shared.client().get("/?token=wrong"),
        owner.client.get("/?token=wrong"),
    ):
        assert reply.status_code in (401, 403)
        check_careful(reply.headers)
        assert "no-store" in reply.headers["cache-control"]


def test_what_is_shown_to_strangers_may_be_shown_elsewhere_and_is_asked_for_anew(
    shared: Site, owner: Belongings
) -> None:
    for path, way in STRANGERS.items():
        address = filled(path + way.query, stands_for(owner))
        for method in ("GET", "HEAD"):
            reply = ask(shared.client(), method, address)
            assert way.given(reply, ""), address
            check_careful(reply.headers)
            assert reply.headers["cross-origin-resource-policy"] == "cross-origin"
            assert reply.headers["cache-control"] == "private, no-cache"


def test_where_only_this_machine_comes_its_browser_keeps_pictures_and_where_others_come_none(
    site: Site, shared: Site, owner: Belongings
) -> None:
    with belongings_of(site, site.visitor()) as theirs:
        for path in (f"/picture/{theirs.picture}", f"/thumb/{theirs.picture}"):
            kept = theirs.client.get(path).headers["cache-control"]
            assert kept == "private, max-age=31536000, immutable"
    for path in (f"/picture/{owner.picture}", f"/thumb/{owner.picture}"):
        assert owner.client.get(path).headers["cache-control"] == "private, no-store"


def test_what_an_answer_says_of_itself_stays(shared: Site, owner: Belongings) -> None:
    own = owner.client.get(f"/d/{owner.link}").headers["content-security-policy"]
    assert "script-src 'sha256-" in own and "sandbox" not in own


def test_who_opened_a_page_is_said_only_where_a_browser_heeds_it(shared: Site) -> None:
    """Of an address of the network without https it says in its console that it ignored that."""
    said = "cross-origin-opener-policy"
    client = shared.client()
    for host in ("192.168.4.2:7860", "box.local", "[fd00::1]:7860", "[1.2]"):
        assert said not in client.get("/theme.css", headers={"host": host}).headers
        fetched = {"host": host, "sec-fetch-dest": "style"}  # only where the browser trusts it
        assert client.get("/theme.css", headers=fetched).headers[said] == "same-origin"
    for host in ("localhost:7860", "sd.localhost", "[::1]:7860"):
        assert client.get("/theme.css", headers={"host": host}).headers[said] == "same-origin"
