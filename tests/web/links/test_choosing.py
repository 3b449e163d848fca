"""Choosing together over HTTP: who may say what, who hears it at once, and that it ends."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from sdgui.choosing import MOST_CHOOSERS
from sdgui.people import Role, Who
from sdgui.records import JobRecord
from sdgui.storage.secret import server_secret
from sdgui.web.doors.visitors import visitor_named
from sdgui.web.links.choosing import listening
from sdgui.web.links.choosing.gatherings import (
    MOST_PAGES_OF_ONE,
    NEWCOMERS,
    Crowded,
    Gatherings,
    with_name,
)
from tests.fake_engine import PATIENCE
from tests.people import who
from tests.web.conftest import BROWSER, Site, open_site
from tests.web.links.test_pages import ids, share

JSON = {"accept": "application/json"}
MARKUP = '"><script>alert(1)</script>'
News = dict[str, Any]


@pytest.fixture
def maker(site: Site) -> httpx.Client:
    return site.visitor()


@pytest.fixture
def wall(site: Site, maker: httpx.Client) -> JobRecord:
    return site.wall(maker, "a zebra", 4)


@pytest.fixture
def path(maker: httpx.Client, wall: JobRecord) -> str:
    return share(maker, "choice", *ids(wall))


def say(
    client: httpx.Client, path: str, picture: int, mark: str = "kept", **how: Any
) -> httpx.Response:
    fields = {"picture": str(picture), "mark": mark}
    return client.post(f"{path}/marks", data=fields, **{"headers": JSON, **how})


class Ear:
    """Somebody who listens to a stream of news, in a thread of their own."""

    def __init__(self, client: httpx.Client, path: str) -> None:
        self.status = 0
        self.is_over = False
        self._heard: list[News] = []
        self._something = threading.Condition()
        self._thread = threading.Thread(target=self._listen, args=(client, path), daemon=True)
        self._thread.start()

    def _listen(self, client: httpx.Client, path: str) -> None:
        with suppress(httpx.HTTPError), client.stream("GET", path, timeout=PATIENCE) as reply:
            self.status = reply.status_code
            for line in reply.iter_lines():
                if line.startswith("data: "):
                    with self._something:
                        self._heard.append(json.loads(line.removeprefix("data: ")))
                        self._something.notify_all()
        with self._something:
            self.is_over = True
            self._something.notify_all()

    def hears(self, is_it: Callable[[News], bool]) -> News:
        """The first news from now on that is so; they are forgotten up to it."""
        until = time.monotonic() + PATIENCE
        with self._something:
            while True:
                for place, one in enumerate(self._heard):
                    if is_it(one):
                        del self._heard[: place + 1]
                        return one
                assert self._something.wait(until - time.monotonic()), self._heard

    def hears_the_end(self) -> None:
        with self._something:
            assert self._something.wait_for(lambda: self.is_over, PATIENCE)


def person(news: News, place: int) -> dict[str, Any] | None:
    return next((one for one in news.get("people", []) if one["place"] == place), None)


def marks_of(place: int, **marks: str) -> Callable[[News], bool]:
    """Whether news say that somebody has just these marks."""
    wanted = {number.removeprefix("n"): mark for number, mark in marks.items()}
    return lambda news: (person(news, place) or {}).get("marks") == wanted


def test_what_one_says_all_hear_at_once_and_a_reload_shows(
    site: Site, maker: httpx.Client, wall: JobRecord, path: str
) -> None:
    with site.client() as ann, site.client() as ben:
        page = ann.get(path, headers={**BROWSER, "sec-fetch-site": "cross-site"})
        assert page.status_code == 200 and "a zebra" in page.text and not ann.cookies
        assert "Dream this again" not in page.text
        assert all(task.id not in page.text for task in wall.tasks)
        of_maker, of_ben = Ear(maker, "/links/news"), Ear(ben, f"{path}/news")
        first = of_ben.hears(lambda news: True)
        assert first["pictures"] == [0, 1, 2, 3] and first["lookers"] == 1
        assert person(first, 0) is not None
        of_maker.hears(lambda news: news.get("of") == ids(wall))

        assert say(ann, path, 2).json() == {"you": 1, "name": ""}
        assert ann.cookies and say(ann, path, 0, "rejected").json()["you"] == 1
        for ear in (of_maker, of_ben):
            ear.hears(marks_of(1, n2="kept", n0="rejected"))
        assert say(ben, path, 2).json()["you"] == 2
        named = ann.post(f"{path}/name", data={"name": f" {MARKUP}\n\u202e"}, headers=JSON).json()
        assert named == {"you": 1, "name": MARKUP}
        of_ben.hears(lambda news: (person(news, 1) or {}).get("name") == MARKUP)
        say(ann, path, 0, "")
        of_maker.hears(marks_of(1, n2="kept"))

        with site.client() as stranger:
            text = stranger.get(path).text
        assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text
        assert text.count("<script") == 1 and re.search(r"Kept by .*, guest 2\.", text)
        assert "guest 2" in ann.get(path).text and "(you)" in ann.get(path).text
        plain = ben.post(f"{path}/marks", data={"picture": "1", "mark": "kept"})
        assert (plain.status_code, plain.headers["location"]) == (303, f"{path}#p1")
        assert 'data-mine="kept"' in ben.get(path, params={"sort": "kept"}).text

        maker.put(f"/picture/{ids(wall)[3]}/mark", json={"mark": "kept"})
        of_ben.hears(marks_of(0, n3="kept"))
        undo = maker.post("/bin", json={"pictures": ids(wall)[2:3]}).json()["undo"]
        assert of_ben.hears(lambda news: "pictures" in news)["pictures"] == [0, 1, 3]
        assert say(ann, path, 2).status_code == 410
        maker.post("/bin/restore", json={"undo": undo})
        assert of_ben.hears(lambda news: "pictures" in news)["pictures"] == [0, 1, 2, 3]

        before = maker.put(
            f"/links/{path[3:]}/marks", json={"marks": {ids(wall)[2]: "kept"}}
        ).json()["before"]
        assert before == {ids(wall)[2]: ""}
        assert [one["picture"] for one in maker.get("/kept").json()["pictures"]] == ids(wall)[:1:-1]
        assert maker.delete(f"/links/{path[3:]}/people/1").status_code == 204
        of_ben.hears(lambda news: person(news, 1) == {"place": 1, "gone": True})

        assert maker.delete(f"/links/{path[3:]}").status_code == 204
        for ear in (of_ben, of_maker):
            ear.hears(lambda news: news.get("over") is True)
            ear.hears_the_end()
        for reply in (ben.get(path), ben.get(f"{path}/news"), say(ben, path, 1)):
            assert reply.status_code == 410


def test_what_is_not_of_the_wall_is_refused(
    site: Site, maker: httpx.Client, wall: JobRecord, path: str
) -> None:
    foreign = ids(site.dream(site.visitor()))[0]
    look = share(maker, "wall", *ids(wall))
    with site.client() as ann:
        assert say(ann, path, 3).status_code == 200
        for fields, status in (
            ({"picture": "4", "mark": "kept"}, 404),
            ({"picture": foreign, "mark": "kept"}, 422),
            ({"picture": "٣", "mark": "kept"}, 422),
            ({"picture": "1", "mark": "loved"}, 422),
            ({"mark": "kept"}, 422),
            ({"picture": "1", "mark": "kept", **{f"f{i}": "1" for i in range(9)}}, 422),
            ({"picture": "1", "mark": "x" * 3000}, 413),
        ):
            reply = ann.post(f"{path}/marks", data=fields, headers=JSON)
            assert reply.status_code == status, (fields, reply.text)
        assert ann.post(f"{path}/name", data={"name": "x" * 41}, headers=JSON).status_code == 422
        refused = ann.post(f"{path}/marks", data={"picture": "1", "mark": "loved"})
        assert refused.status_code == 422 and "<h1>That was not taken</h1>" in refused.text
        assert "A picture is kept, rejected, or neither." in refused.text
        for other in (look, "/d/" + "a" * 22):
            assert say(ann, other, 1).status_code == 404
            assert ann.get(f"{other}/news").status_code == 404
    marks = site.store.choosers(path[3:])[0].marks
    assert set(marks) == {ids(wall)[3]}
    link = path[3:]
    other = site.visitor()
    assert (
        other.put(f"/links/{link}/marks", json={"marks": {ids(wall)[0]: "kept"}}).status_code == 404
    )
    assert other.delete(f"/links/{link}/people/1").status_code == 404
    for asked in ({foreign: "kept"}, {}, {ids(wall)[0]: "loved"}):
        assert maker.put(f"/links/{link}/marks", json={"marks": asked}).status_code in (404, 422)
    assert (
        maker.post("/links", json={"kind": "choice", "pictures": ids(wall)[:1]}).status_code == 422
    )


def test_each_is_known_by_a_cookie_for_that_link_alone(
    site: Site, maker: httpx.Client, wall: JobRecord, path: str
) -> None:
    other = share(maker, "choice", *ids(wall))
    with site.client() as ann, pytest.MonkeyPatch.context() as by_link:
        by_link.setattr(site.app.state.gate, "link_host", httpx.URL(site.url).netloc.decode())
        reply = say(ann, path, 1)
        by_link.undo()
        cookie = reply.headers["set-cookie"]
        assert {f"Path={path}", "HttpOnly", "SameSite=Lax", "Secure"} <= set(cookie.split("; "))
        value = cookie.partition(";")[0]
        assert "Secure" not in say(site.client(), path, 1).headers["set-cookie"]
    forged = f"{value[:-2]}{'A' if value[-2] != 'A' else 'B'}{value[-1]}"  # the last may hold no bit of it
    for sent, address, you, is_new in (
        (value, path, 1, False),
        (forged, path, 3, True),
        (value, other, 1, True),
    ):
        with site.client(headers={"cookie": sent}) as somebody:
            told = say(somebody, address, 2)
            assert (told.json()["you"], "set-cookie" in told.headers) == (you, is_new), sent
    assert len(site.store.choosers(other[3:])) == 1
    site.app.root_path, before = "/sd", site.app.root_path
    try:
        with site.client() as ben:
            cookie = say(ben, f"/sd{path}", 1).headers["set-cookie"]
    finally:
        site.app.root_path = before
    assert f"; Path=/sd{path};" in cookie


def test_what_another_site_sends_is_refused(site: Site, path: str) -> None:
    with site.client() as ann:
        own = {**JSON, "origin": site.url, "sec-fetch-site": "same-origin"}
        assert say(ann, path, 1, headers=own).status_code == 200
        for sent in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
            assert say(ann, path, 2, headers={**JSON, **sent}).status_code == 403
            assert ann.get(f"{path}/news", headers=sent).status_code == 403
    [ann_there] = site.store.choosers(path[3:])
    assert len(ann_there.marks) == 1


def test_strangers_reach_nothing_else_and_need_no_password(guarded_site: Site) -> None:
    maker = guarded_site.visitor(auth=("ann", "öpen: sesame"))
    ann = visitor_named("ann", server_secret(guarded_site.store._folder.path))
    plan = guarded_site.wall_plan()
    job = guarded_site.studio.submit_plan(plan, who(ann))
    guarded_site.wait(job)
    path = share(maker, "choice", *ids(job))
    with guarded_site.client() as stranger:
        assert stranger.get(path).status_code == 200
        assert say(stranger, path, 1).status_code == 200
        ear = Ear(stranger, f"{path}/news")
        ear.hears(marks_of(1, n1="kept"))
        for address in ("/", "/links/news", "/links", f"/links/{path[3:]}/people/1"):
            assert stranger.get(address).status_code == 401
        assert stranger.put(f"/links/{path[3:]}/marks", json={}).status_code == 401
        assert stranger.post("/dreams", json={}).status_code == 401
        maker.delete(f"/links/{path[3:]}")
        ear.hears_the_end()


def test_a_link_that_expires_ends_the_streams(site: Site, path: str) -> None:
    with site.store._database._writing() as connection:
        ends = time.time() + 1
        connection.execute("UPDATE links SET expires = ? WHERE id = ?", (ends, path[3:]))
    with site.client() as ann:
        ear = Ear(ann, f"{path}/news")
        ear.hears(lambda news: news.get("over") is True)
        ear.hears_the_end()
        assert ann.get(path).status_code == 410


def test_what_a_blocked_guest_shares_ends_at_once(
    site: Site, maker: httpx.Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "BEAT", PATIENCE * 10)
    book, visitor = site.gate.book, site.visitor_of(maker)
    with site.client() as ann:
        ear = Ear(ann, f"{path}/news")
        ear.hears(lambda news: "pictures" in news)
        book.saw(Who(visitor=visitor, role=Role.GUEST))
        book.refuse(visitor, float("inf"))
        site.studio.turn_out(visitor, "You are not let in any more.")
        ear.hears(lambda news: news.get("over") is True)
        ear.hears_the_end()
        assert ann.get(path).status_code == 410


def test_who_is_too_many_is_told_so(site: Site, path: str) -> None:
    link = site.store.link(path[3:])
    assert link is not None
    now = 0.0
    gatherings = Gatherings(site.store, clock=lambda: now)

    def come() -> int:
        return gatherings.change(link, None, lambda one: with_name(one, "x"))[0].place

    assert [come() for _ in range(NEWCOMERS)] == list(range(1, NEWCOMERS + 1))
    with pytest.raises(Crowded, match="come in at once"):
        come()
    while len(site.store.choosers(link.id)) < MOST_CHOOSERS:
        now += 60
        come()
    now += 60
    first, *_ = site.store.choosers(link.id)
    with site.store._database._writing() as connection:
        connection.execute("UPDATE choosers SET created = created - 601 WHERE id = ?", (first.id,))
    assert come() == first.place  # who said nothing and left gives way
    assert first.id not in {one.id for one in site.store.choosers(link.id)}
    with site.client() as late:
        for one in site.store.choosers(link.id):
            marked = with_name(one, "y")
            object.__setattr__(marked, "marks", {link.pictures[0]: "kept"})
            site.store.change_chooser(marked)
        full = say(late, path, 1)
        assert full.status_code == 429 and not late.cookies
        assert full.json()["detail"].startswith("32 people are choosing here")
        assert late.get(path).status_code == 200


def test_streams_of_one_are_bounded(site: Site, path: str) -> None:
    with site.client() as ann:
        say(ann, path, 1)
        with many(ann, f"{path}/news", MOST_PAGES_OF_ONE):
            reply = ann.get(f"{path}/news", timeout=PATIENCE)
        assert reply.status_code == 503 and "several windows" in reply.json()["detail"]


@contextmanager
def many(client: httpx.Client, path: str, count: int) -> Iterator[None]:
    """So many open streams, of each of which something was heard."""
    if not count:
        yield
        return
    with client.stream("GET", path) as reply:
        lines = reply.iter_lines()  # let go of, it would close the stream
        assert reply.status_code == 200 and next(lines)
        with many(client, path, count - 1):
            yield


def test_marks_are_there_when_the_server_has_started_again(tmp_path: Path) -> None:
    with open_site(tmp_path) as site:
        maker = site.visitor()
        job = site.wall(maker)
        path = share(maker, "choice", *ids(job))
        with site.client() as ann:
            say(ann, path, 1)
            jar = {"cookie": "; ".join(f"{name}={value}" for name, value in ann.cookies.items())}
            ear = Ear(ann, f"{path}/news")
            ear.hears(marks_of(1, n1="kept"))
    ear.hears_the_end()
    with open_site(tmp_path) as site, site.client(headers=jar) as ann:
        assert say(ann, path, 2).json()["you"] == 1
        assert ann.get(path).text.count('data-mine="kept"') == 2
        Ear(ann, f"{path}/news").hears(marks_of(1, n1="kept", n2="kept"))


def test_what_is_chosen_from_stays_there_for_all_when_its_maker_becomes_one_with_another_browser(
    site: Site, maker: httpx.Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "BEAT", 0.2)  # so often it is looked whether it still is open
    with site.client() as ann:
        of_maker, of_ann = Ear(maker, "/links/news"), Ear(ann, f"{path}/news")
        of_maker.hears(lambda news: bool(news.get("pictures")))
        of_ann.hears(lambda news: news.get("pictures") == [0, 1, 2, 3])
        site.studio.adopt(site.visitor_of(maker), who("owner"))
        assert say(ann, path, 1).status_code == 200
        for one in (of_maker, of_ann):
            told = one.hears(marks_of(1, n1="kept"))
            assert told.get("pictures", [0, 1, 2, 3]) == [0, 1, 2, 3] and not told.get("over")
        assert say(ann, path, 1, "").status_code == 200
        of_maker.hears(marks_of(1))
