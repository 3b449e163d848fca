"""What the owner sees of guests' pictures, and does with them: by the routes, with a guest beside them."""

import io
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import httpx
import pytest
from PIL import Image

from sdgui.people import Role, Who
from sdgui.records import JobRecord
from sdgui.spec import DreamRequest
from tests.fake_engine import PATIENCE, HoldsAfterPreview
from tests.web.conftest import BROWSER, Site, open_site, visitor_in

HIDDEN = "The owner of this machine has hidden this picture."
DELETED = "The owner of this machine has deleted this picture."


@pytest.fixture(scope="module")
def open_to_others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("open"), share=True, engine=HoldsAfterPreview()) as site:
        yield site


@pytest.fixture
def site(open_anew: Site) -> Site:
    book = open_anew.gate.book
    book.decide(**asdict(type(book.terms)()) | {"dreams_a_minute": None})
    return open_anew


@pytest.fixture
def owner(site: Site) -> httpx.Client:
    return site.owner()


@pytest.fixture
def guest(site: Site) -> httpx.Client:
    return site.visitor()


def dreamt(site: Site, client: httpx.Client, count: int = 1) -> JobRecord:
    me = Who(visitor=visitor_in(client.cookies), role=Role.GUEST)
    job = site.studio.submit(DreamRequest(prompt="a red boat", count=count), me)
    site.wait(job)
    return site.stored(job)


def decide(owner: httpx.Client, do: str, *pictures: str) -> int:
    reply = owner.post("/share/pictures", json={"pictures": list(pictures), "do": do})
    assert reply.status_code == 200, reply.text
    return int(reply.json()["pictures"])


def listed(owner: httpx.Client, person: str | None = None) -> list[dict[str, Any]]:
    told = owner.get("/share/pictures", params={} if person is None else {"person": person})
    assert told.headers["cache-control"] == "private, no-store"
    return list(told.json()["pictures"])


def test_the_owner_looks_through_guests_pictures_and_at_nobody_else_s(
    site: Site, owner: httpx.Client, guest: httpx.Client
) -> None:
    first, second = dreamt(site, guest), dreamt(site, other := site.visitor())
    own = site.dream(owner, "a secret")
    seen = listed(owner)
    assert [one["picture"] for one in seen[:2]] == [second.tasks[0].id, first.tasks[0].id]
    assert own.tasks[0].id not in [one["picture"] for one in seen]
    [mine] = listed(owner, visitor_in(guest.cookies))
    assert mine == seen[1] and mine["prompt"] == "a red boat" and mine["state"] == "shown"
    assert mine["name"] == guest.get("/me").json()["name"] and mine["person"]
    page = owner.get("/share/pictures", params={"limit": 1}).json()
    assert page["next"] == page["pictures"][0]["picture"]
    rest = owner.get("/share/pictures", params={"limit": 1, "before": page["next"]}).json()
    assert rest["pictures"] == [mine]
    for name, size in (("thumb", None), ("picture", (64, 64))):
        reply = owner.get(f"/share/{name}/{mine['picture']}")
        assert reply.headers["cache-control"] == "private, no-store"
        image = Image.open(io.BytesIO(reply.content))
        assert size is None or image.size == size
        assert owner.get(f"/share/{name}/{own.tasks[0].id}").status_code == 404
        for stranger in (guest, other):
            assert stranger.get(f"/share/{name}/{mine['picture']}").status_code == 403
    assert owner.get("/share/pictures?person=nobody").status_code == 404


def test_what_is_hidden_is_gone_from_all_of_its_maker_s_routes_who_is_told_so(
    site: Site, owner: httpx.Client, guest: httpx.Client
) -> None:
    job = dreamt(site, guest, 2)
    one, two = (task.id for task in job.tasks)
    link = guest.post("/links", json={"kind": "picture", "pictures": [one]}).json()["id"]
    search = {"section": "all", "sort": "rating", "offset": 0, "limit": 9}
    routes = [f"/picture/{one}", f"/thumb/{one}", f"/picture/{one}/a.png"]
    assert {guest.get(route).status_code for route in routes} == {200}
    with site.client() as stranger:
        assert stranger.get(f"/d/{link}").status_code == 200
        assert decide(owner, "hide", one) == 1
        assert {stranger.get(f"/d/{link}{end}").status_code for end in ("", "/0.png")} == {410}
    assert {guest.get(route).status_code for route in routes} == {404}
    assert [HIDDEN in guest.get(route).text for route in routes[:2]] == [True, True]
    [tile, other] = guest.get(f"/dreams/{job.id}").json()["tiles"]
    assert (tile["state"], tile["picture"], tile["fault"]) == ("hidden", None, HIDDEN)
    assert other["picture"] == two
    found = guest.get("/history/pictures", params=search).json()["pictures"]
    assert [picture["id"] for picture in found] == [two]
    assert guest.get("/me").json()["hidden"] == 1
    assert guest.get("/history/facets").json()["hidden"] == 1
    for body in ({"pictures": [one]}, {"pictures": [one, two]}):
        assert guest.post("/history/zip", json=body).status_code == 404
    assert guest.post("/bin", json={"pictures": [one]}).status_code == 404
    assert guest.post("/links", json={"kind": "picture", "pictures": [one]}).status_code == 404
    [seen] = [p for p in listed(owner) if p["picture"] == one]
    assert seen["state"] == "hidden"
    assert decide(owner, "show", one) == 1 and decide(owner, "show", one) == 0
    assert {guest.get(route).status_code for route in routes} == {200}
    assert guest.get(f"/dreams/{job.id}").json()["tiles"][0]["picture"] == one
    with site.client() as stranger:
        assert stranger.get(f"/d/{link}").status_code == 200


def test_what_the_owner_deletes_its_maker_cannot_bring_back(
    site: Site, owner: httpx.Client, guest: httpx.Client
) -> None:
    job = dreamt(site, guest)
    [picture] = (task.id for task in job.tasks)
    assert decide(owner, "delete", picture) == 1
    assert guest.get(f"/thumb/{picture}").text.find(DELETED) >= 0
    assert guest.get(f"/thumb/{picture}?bin=1").status_code == 404
    assert guest.post("/bin/restore", json={"pictures": [picture]}).status_code == 404
    assert guest.get("/history/facets").json()["bin"] == 0
    assert guest.post("/bin/empty").json()["pictures"] == 0
    assert guest.get(f"/dreams/{job.id}").json()["tiles"][0]["fault"] == DELETED
    assert decide(owner, "restore", picture) == 1
    assert guest.get(f"/thumb/{picture}").status_code == 200


def test_a_guest_decides_nothing_and_the_owner_nothing_of_what_they_may_not_see(
    site: Site, owner: httpx.Client, guest: httpx.Client
) -> None:
    theirs, own = dreamt(site, site.visitor()).tasks[0].id, site.dream(owner).tasks[0].id
    for do in ("hide", "show", "delete", "restore"):
        body = {"pictures": [theirs], "do": do}
        refused = guest.post("/share/pictures", json=body)
        assert refused.status_code == 403 and "Only the owner" in refused.text
        body = {"pictures": [theirs, own], "do": do}
        assert owner.post("/share/pictures", json=body).status_code == 404
    foreign = {"sec-fetch-site": "cross-site"}
    body = {"pictures": [theirs], "do": "hide"}
    assert owner.post("/share/pictures", json=body, headers=foreign).status_code == 403
    assert listed(owner)[0]["state"] == "shown"
    for wrong in ({"pictures": [], "do": "hide"}, {"pictures": [theirs], "do": "burn"}):
        assert owner.post("/share/pictures", json=wrong).status_code == 422


def test_the_owner_sees_what_forms_of_anybody_s_dream(
    site: Site, owner: httpx.Client, guest: httpx.Client
) -> None:
    me = Who(visitor=visitor_in(guest.cookies), role=Role.GUEST)
    engine = site.engine
    assert isinstance(engine, HoldsAfterPreview)
    engine.holds = True
    job = site.studio.submit(DreamRequest(prompt="a red boat", count=2, steps=5), me)
    until = time.monotonic() + PATIENCE
    live = None
    while live is None:
        queue = owner.get("/share").json()["queue"]
        live = queue[0]["live"] if queue else None
        assert time.monotonic() < until
    assert live["columns"] * live["rows"] >= 2
    reply = owner.get(f"/share/live/{job.id}")
    assert reply.headers["content-type"] == "image/jpeg"
    assert reply.headers["cache-control"] == "private, no-store"
    assert guest.get(f"/share/live/{job.id}").status_code == 403
    engine.go.set()
    site.wait(job)
    assert owner.get(f"/share/live/{job.id}").status_code == 204


@pytest.mark.parametrize("how", ["send-away", "block", "withdraw"])
def test_who_is_sent_away_is_told_at_once_on_the_open_stream(
    site: Site, owner: httpx.Client, how: str
) -> None:
    guest = site.client(headers=BROWSER, follow_redirects=True)
    invited = owner.post("/share/invitations", json={"note": ""}).json()
    query = httpx.URL(invited["link"]).query.decode()
    guest.get(f"/?{query}" if how == "withdraw" else "/status").raise_for_status()
    me = Who(visitor=visitor_in(guest.cookies), role=Role.GUEST)
    site.engine.go.clear()
    job = site.studio.submit(DreamRequest(prompt="a red boat"), me)
    assert site.engine.began.acquire(timeout=30)
    with guest.stream("GET", "/watch") as stream:
        lines = stream.iter_lines()
        assert "attached" in next(lines)
        if how == "withdraw":
            owner.delete(f"/share/invitations/{invited['id']}").raise_for_status()
        else:
            owner.post(f"/share/people/{me.visitor}", json={"do": how}).raise_for_status()
        said = "\n".join(lines)
    assert '"type": "not-let-in"' in said or '"type":"not-let-in"' in said
    assert {"send-away": "sent you away", "block": "any more", "withdraw": "was withdrawn"}[
        how
    ] in said
    assert '"cancelled"' in said
    assert guest.get("/me").status_code == 403
    site.engine.go.set()
    site.wait(job)


def test_a_guest_is_told_once_how_many_pictures_made_room(
    site: Site, owner: httpx.Client, guest: httpx.Client
) -> None:
    assert guest.get("/me").json()["lost"] == 0
    first = dreamt(site, guest, 2)
    assert owner.put("/share/limits", json={"disk_all": 5}).status_code == 422
    book = site.app.state.gate.book
    assert site.studio.guests.all() >= {visitor_in(guest.cookies)}
    assert visitor_in(owner.cookies) not in site.studio.guests
    book.decide(disk=site.store.bytes_of(visitor_in(guest.cookies)) + 100)
    dreamt(site, guest)
    until = time.monotonic() + PATIENCE
    while (lost := guest.get("/me").json()["lost"]) == 0:  # what follows a picture takes a moment
        assert time.monotonic() < until
    gone = [guest.get(f"/thumb/{task.id}").status_code for task in first.tasks]
    assert lost == 1 and sorted(gone) == [200, 404]
    assert guest.post("/me/told").json() == {"lost": 0}
    assert guest.get("/me").json()["lost"] == 0


def test_an_anonymous_guest_is_told_from_one_who_was_invited(
    site: Site, owner: httpx.Client, guest: httpx.Client
) -> None:
    told = owner.get("/share").json()
    person = next(one for one in told["people"] if one["id"] == visitor_in(guest.cookies))
    assert person["anonymous"] and not told["asks_names"]
