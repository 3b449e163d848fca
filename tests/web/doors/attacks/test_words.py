"""Words that look otherwise than they are, in whatever somebody may write: turned round, unseen, heaped up, broken."""

import json
import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx
import pytest

from sdgui.web.links import report_desk, telling
from sdgui.web.links.choosing import strangers
from tests.web.conftest import BROWSER, Site
from tests.web.doors.belongings import Belongings, belongings_of, stands_for
from tests.web.doors.every_route import EVERYBODYS, MAKERS, OWNERS, filled

TURNED = "\u202egnp.\u2066exe\u200b\u2028z" + "\u0301" * 200
UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u061c]|[\u0300-\u036f]{5}")
HALF = "\ud800\0\x1b\r\nx: y"
"""Half a letter, a zero and a line's end, none of which is text."""


@pytest.fixture(scope="module")
def theirs(shared: Site) -> Iterator[Belongings]:
    client = shared.client(headers=BROWSER, follow_redirects=True)
    client.get(f"/?token={shared.app.state.gate.keys.token}").raise_for_status()
    with belongings_of(shared, client) as theirs:
        yield theirs


def unfurled(client: httpx.Client, shared: Site, link: str) -> list[str]:
    """What is shown of a page where it is not: in a tab, a messenger, a list of results."""
    page = client.get(f"/d/{link}").text
    told = re.findall(
        r'<title>(.*?)</title>|<meta [^>]*content="(.*?)"|<img [^>]*alt="(.*?)"', page, re.S
    )
    embedded = client.get(f"/oembed?url={shared.url}/d/{link}").json()
    words = [unescape("".join(one)) for one in told]
    return [*words, embedded["title"], embedded.get("author_name", "")]


@pytest.mark.parametrize("kind", ["picture", "choice"])
def test_a_title_that_turns_round_what_stands_beside_it_does_not(
    shared: Site, theirs: Belongings, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = shared.dream(theirs.client, f"a boat {TURNED}", count=2, steps=1)
    pictures = [task.id for task in job.tasks][: 1 if kind == "picture" else 2]
    asked = {
        "kind": kind,
        "pictures": pictures,
        "by": f"ann {TURNED}"[:60],
        "shows": {"name": True},
    }
    link = theirs.client.post("/links", json=asked).json()["id"]
    with shared.client() as stranger:
        said = unfurled(stranger, shared, link)
        assert sum("a boat gnp. exe z" in one for one in said) >= 3
        assert [one for one in said if UNSEEN.search(one)] == []
        saved = stranger.get(f"/d/{link}/0.png?download=1").headers["content-disposition"]
        assert re.fullmatch(r'attachment; filename="[a-z0-9.-]+"', saved)
        monkeypatch.setattr(telling, "plain", lambda words: words)
        assert [one for one in unfurled(stranger, shared, link) if UNSEEN.search(one)] != []


def test_names_and_reasons_are_as_they_look(
    shared: Site, theirs: Belongings, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, address = theirs.client, f"/d/{theirs.choice}"

    def said(number: int) -> list[str]:
        with shared.client(headers={"accept": "application/json"}) as stranger:
            name = stranger.post(f"{address}/name", data={"name": f"ann {number} {TURNED[:20]}"})
            report = {"picture": "0", "reason": f"bad {number} {TURNED}"}
            assert stranger.post(f"{address}/report", data=report).status_code == 200
            [one] = owner.get("/share").json()["reports"]
            return [name.json()["name"], *one["reasons"]]

    assert {"ann 1 gnp. exe z", "bad 1 gnp. exe z"} == {
        unicodedata.normalize("NFD", one).replace("\u0301", "") for one in said(1)
    }
    assert [one for one in said(2) if UNSEEN.search(one)] == []
    for module in (strangers, report_desk):
        monkeypatch.setattr(module, "plain", lambda words: words)
    assert len([one for one in said(3) if UNSEEN.search(one)]) >= 2


def texts_in(said: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all texts of a body; of the many settings of a dream two are enough."""
    if isinstance(said, str):
        yield place
    elif isinstance(said, dict):
        for name, one in said.items():
            if "values" not in place or name in ("prompt", "sampler"):
                yield from texts_in(one, (*place, name))
    elif isinstance(said, list):
        for number, one in enumerate(said[:2]):
            yield from texts_in(one, (*place, number))


def with_text(said: Any, place: tuple[Any, ...], text: str) -> Any:
    copy = json.loads(json.dumps(said))
    within = copy
    for name in place[:-1]:
        within = within[name]
    within[place[-1]] = text
    return copy


def test_what_is_no_text_is_nobody_s_fault_on_any_route(
    shared: Site, theirs: Belongings, caplog: pytest.LogCaptureFixture
) -> None:
    """A half letter has no bytes: whoever writes it to a file, a list or an answer fails."""
    stands = stands_for(theirs)
    rows = {route: body for route, body in OWNERS.items() if body is not None}
    rows |= {route: way.body for route, way in {**MAKERS, **EVERYBODYS}.items() if way.body}
    asked = 0
    for (method, path), body in rows.items():
        address = filled(path, lambda name: "x" if name == "person" else stands(name))
        right = filled(body, stands)
        for place in texts_in(right):
            content = json.dumps(with_text(right, place, HALF))
            sent = {"content-type": "application/json"}
            reply = theirs.client.request(method, address, content=content, headers=sent)
            assert reply.status_code < 500, (path, place)
            assert "x" not in reply.headers
            asked += 1
    assert asked > 40
    with shared.client() as stranger:
        for part in ("marks", "name", "report"):
            for field in ("picture=%ed%a0%80&mark=kept", "name=%ed%a0%80%00", "reason=%ff%00"):
                form = {"content-type": "application/x-www-form-urlencoded"}
                reply = stranger.post(f"/d/{theirs.choice}/{part}", content=field, headers=form)
                assert reply.status_code < 500
    assert theirs.client.get("/history/pictures?section=all&q=%ed%a0%80%00").status_code < 500
    assert theirs.client.get("/share").status_code == 200
    assert "a request failed" not in caplog.text
