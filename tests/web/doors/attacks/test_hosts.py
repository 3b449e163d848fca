"""A name that somebody's DNS leads to this machine: a page of theirs would ask as if it were ours."""

from collections.abc import Iterator

import pytest

from sdgui.web.doors import auth
from tests.web.conftest import BROWSER, Site
from tests.web.doors.belongings import Belongings, belongings_of, stands_for
from tests.web.doors.every_route import EVERYBODYS, MAKERS, OWNERS, ask, filled

REBOUND = ("elsewhere.example", "elsewhere.example:7860", "localhost.elsewhere.example", "0.0.0.0")
STRANGE = ("127.0.0.1.elsewhere.example", "127.0.0.1@elsewhere.example", "[::2]", "192.168.1.7:80")


@pytest.fixture
def theirs(site: Site) -> Iterator[Belongings]:
    with belongings_of(site, site.visitor()) as theirs:
        yield theirs


def test_no_route_answers_to_a_rebound_name_while_only_this_machine_comes(
    site: Site, theirs: Belongings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands = stands_for(theirs)
    routes = [route for route in (*OWNERS, *MAKERS, *EVERYBODYS) if "unsaved" not in route[1]]
    routes += [("GET", "/"), ("GET", "/config"), ("GET", "/sdgui/main.js"), ("GET", "/nothing")]
    for method, path in routes:
        address = filled(path, lambda n: "x" if n in ("person", "invitation") else stands(n))
        reply = ask(theirs.client, method, address, host=REBOUND[0])
        assert (reply.status, reply.text[:11]) == (403, "This server"), address
        assert "set-cookie" not in reply.headers
    for host in (*REBOUND, *STRANGE):
        assert ask(theirs.client, "GET", "/dreams", host=host).status in (400, 403)
    own = ask(theirs.client, "GET", f"/dreams/{theirs.job}", host="localhost:1")
    assert own.status == 200
    monkeypatch.setattr(auth, "is_loopback", lambda name: True)
    for host in (REBOUND[0], STRANGE[3]):
        assert ask(theirs.client, "GET", f"/dreams/{theirs.job}", host=host).status == 200


def test_a_rebound_page_is_of_another_site_to_older_browsers_too(
    site: Site, theirs: Belongings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its origin is that of its own name, and where only the host is forged, the two differ."""
    monkeypatch.setattr(auth, "is_loopback", lambda name: True)
    forged = {"host": "localhost", "origin": "http://elsewhere.example"}
    assert ask(theirs.client, "POST", "/cancel", **forged).status == 403
    own = {"host": "localhost", "origin": "http://localhost"}
    assert (
        ask(
            theirs.client, "POST", "/cancel", **own, **{"sec_fetch_site": BROWSER["sec-fetch-site"]}
        ).status
        == 200
    )
