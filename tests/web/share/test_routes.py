"""What the owner sees and decides of guests, and what guests are refused, by every way there is."""

import threading
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from sdgui.errors import no_room
from sdgui.model_info import SafetyChecker
from sdgui.people import Role, Who
from sdgui.records import JobState
from sdgui.spec import DreamRequest
from sdgui.web.shared.settings.controls import default_controls
from tests.web.conftest import BROWSER, COMPARE, Site, open_site, visitor_in


@pytest.fixture
def site(open_anew: Site) -> Iterator[Site]:
    book = open_anew.gate.book
    book.decide(**asdict(type(book.terms)()) | {"dreams_a_minute": None})
    book.bar([])
    yield open_anew
    open_anew.studio.pause(False)


@pytest.fixture
def owner(site: Site) -> httpx.Client:
    return site.owner()


CAT = {"prompt": "a cat", "negative_prompt": "", "count": 1}


def guest_of(client: httpx.Client) -> Who:
    return Who(visitor=visitor_in(client.cookies), role=Role.GUEST)


def test_the_panel_tells_the_link_people_queue_and_what_is_decided(
    site: Site, owner: httpx.Client
) -> None:
    guest = site.visitor()
    name = guest.get("/me").json()["name"]
    site.engine.go.clear()
    first = site.studio.submit(DreamRequest(prompt="a red boat"), guest_of(guest))
    assert site.engine.began.acquire(timeout=30)
    second = owner.post("/dreams", json={"values": CAT}).json()
    told = owner.get("/share").json()
    assert told["link"]["state"] == "off" and not told["paused"]
    assert [(q["job"], q["prompt"], q["place"], q["mine"], q["name"]) for q in told["queue"]] == [
        (first.id, "a red boat", 0, False, name),
        (second["job"], "a cat", 1, True, "owner"),
    ]
    [person] = [one for one in told["people"] if one["id"] == visitor_in(guest.cookies)]
    assert (person["name"], person["state"], person["blocked"]) == (name, "dreaming", False)
    assert told["models"] == [{"model": "demo", "title": "demo", "allowed": True}]
    assert told["words"] == [] and told["limits"]["steps"] == 50
    site.engine.go.set()
    site.wait(first)
    [person] = [one for one in owner.get("/share").json()["people"] if one["name"] == name]
    assert person["pictures"] == 1 and person["state"] == "here"


def test_the_owner_holds_the_queue_and_takes_a_dream_out_of_it(
    site: Site, owner: httpx.Client
) -> None:
    guest = site.visitor()
    assert owner.post("/share/queue", json={"paused": True}).json() == {"paused": True}
    job = site.studio.submit(DreamRequest(prompt="a cat"), guest_of(guest))
    assert owner.get("/share").json()["paused"]
    assert owner.delete(f"/share/queue/{job.id}").json() == {"removed": True}
    site.wait(job)
    assert guest.get(f"/dreams/{job.id}").json()["state"] == "cancelled"
    assert owner.delete(f"/share/queue/{job.id}").json() == {"removed": False}
    assert site.engine.batches == []


def test_what_is_decided_holds_at_once_and_after_a_restart(site: Site, owner: httpx.Client) -> None:
    guest = site.visitor()
    decided = owner.put("/share/limits", json={"steps": 7, "models": ["demo"], "disk": None})
    assert decided.json()["steps"] == 7
    assert owner.put("/share/words", json={"words": [" gore ", "my  street", "gore"]}).json() == {
        "words": ["gore", "my street"]
    }
    limits = guest.get("/me").json()["limits"]
    assert (limits["steps"], limits["models"], limits["disk"]) == (7, ["demo"], None)
    book = site.app.state.gate.book
    again = type(book)(site.store._folder.path, lambda file, content: None)
    assert (again.terms, again.words) == (book.terms, ("gore", "my street"))
    owner.put("/share/limits", json={"models": []})
    assert guest.get("/models/choices").json() == {"models": []}
    assert len(owner.get("/models/choices").json()["models"]) == 1
    for wrong in ({"steps": 0}, {"pixels": 5}, {"models": ["nothing"]}, {"other": 1}):
        assert owner.put("/share/limits", json=wrong).status_code == 422
    assert owner.get("/share").json()["limits"]["steps"] == 7


def test_guests_choose_no_model_whose_safety_checker_cannot_be_read(
    site: Site, owner: httpx.Client
) -> None:
    models, guest = site.studio.models, site.visitor()
    before = models.info  # type: ignore[attr-defined]
    models.info = replace(before, checker=SafetyChecker(fault="It is a pickle."))  # type: ignore[attr-defined]
    try:
        assert guest.get("/models/choices").json() == {"models": []}
        assert len(owner.get("/models/choices").json()["models"]) == 1
        [told] = owner.get("/models").json()["models"]
        assert (told["checker"], told["checker_fault"]) == ("unreadable", "It is a pickle.")
    finally:
        models.info = before  # type: ignore[attr-defined]


def test_the_code_of_a_link_holds_an_invitation_where_one_is_named(
    site: Site, owner: httpx.Client
) -> None:
    new = owner.post("/share/invitations", json={"note": "", "hours": 2}).json()
    assert new["link"].startswith(f"{site.url}/?i={new['id']}-")
    plain, invited = (owner.get(f"/share/qr{q}") for q in ("", f"?invitation={new['id']}"))
    assert plain.headers["content-type"].startswith("image/svg")
    assert plain.content.startswith(b"<svg") and plain.content != invited.content
    assert owner.get("/share/qr?invitation=nothing").status_code == 404
    shared = owner.get("/share").json()
    assert (shared["guests"], shared["reach"]) == (f"{site.url}/", "machine")
    # Where others of the network can come, they are told how, though the owner asks on this machine.
    state = site.app.state
    before, state.on_network = state.on_network, lambda: "http://192.168.4.2:7860"
    try:
        shared = owner.get("/share").json()
        assert (shared["guests"], shared["reach"]) == ("http://192.168.4.2:7860/", "network")
        new = owner.post("/share/invitations", json={"note": "Ann", "hours": 2}).json()
        assert new["link"].startswith("http://192.168.4.2:7860/?i=")
    finally:
        state.on_network = before
    # Who comes with it is called so, with a number where they are several.
    for expected in (["Ann"], ["Ann (guest", "Ann (guest"]):
        invited = site.client(headers=BROWSER, follow_redirects=True)
        invited.get(f"/?{urlsplit(new['link']).query}").raise_for_status()
        names = [one["name"] for one in owner.get("/share").json()["people"]]
        assert [name.rpartition(" ")[0] or name for name in names if "Ann" in name] == expected
    told = owner.get("/share").json()
    [ann] = [one for one in told["invitations"] if one["note"] == "Ann"]
    by_it = [one for one in told["people"] if "Ann" in one["name"]]
    assert sorted(ann["came"]) == sorted(one["name"] for one in by_it)
    assert [one["invitation"] for one in by_it] == [{"note": "Ann", "holds": True}] * 2
    owner.delete(f"/share/invitations/{new['id']}")
    ways = [one["invitation"] for one in owner.get("/share").json()["people"]]
    assert ways.count({"note": "", "holds": False}) == 2


BARRED: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "steps": ({"steps": 1}, [], "You may ask for 1 step, and these are"),
    "pixels": ({"pixels": 64 * 64 - 1}, [], "Up to 63 × 63 pixels"),
    "pictures": ({"pictures": 1}, [], "You may ask for 1 picture at once"),
    "models": ({"models": ()}, [], "Guests may not dream with this model."),
    "words": ({}, ["cat"], "say “cat”"),
    "a minute": ({"dreams_a_minute": 1}, [], "You may begin 1 dream a minute."),
    "waiting": ({"waiting": 1}, [], "are waiting already, and 1 may"),
}


@pytest.mark.parametrize("limit", BARRED)
def test_a_limit_holds_by_every_way_there_is_and_nothing_is_made(site: Site, limit: str) -> None:
    terms, words, said = BARRED[limit]
    guest = site.visitor()
    me = guest_of(guest)
    book = site.app.state.gate.book
    job = site.studio.submit(DreamRequest(prompt="a cat", count=2, seed=1), me)
    site.wait(job)
    site.studio.pause(True)
    stopped = site.studio.submit(DreamRequest(prompt="a cat", count=2, seed=5, steps=4), me)
    site.studio.cancel(stopped.id, me)
    site.wait(stopped)
    site.studio.pause(False)
    before, jobs = len(site.engine.batches), len(site.store.jobs(me.visitor))
    picture = job.tasks[0].id
    book.decide(**terms)
    book.bar(words)

    controls = replace(default_controls(site.studio.models.describe("demo")), prompt="a cat")
    values = asdict(controls) | asdict(COMPARE) | {"count": 2, "steps": 4, "wall_count": 4}
    grid = values | {"mode": "grid"}
    called = {"prompt": "a cat", "count": 2, "steps": 4}
    crossed = {"prompt": "a cat", "x_axis": "Seed", "x_values": "1, 2", "steps": 4}
    replies = [
        guest.post("/dreams", json={"values": values}),
        guest.post("/sheets", json={"values": values}),
        guest.post("/sheets", json={"values": grid, "confirmed": True}),
        guest.post("/sheets/vary", json={"values": values, "picture": picture}),
        guest.post(
            "/sheets/refine", json={"values": values, "pictures": [t.id for t in job.tasks]}
        ),
        guest.post("/gradio_api/call/v2/dream", json=called),
        guest.post("/gradio_api/call/v2/compare", json=crossed),
        guest.post(f"/jobs/{stopped.id}/continue"),
    ]
    texts = [reply.text for reply in replies]
    at_axis = {"steps": "Guests: up to 1 step; 2 and 3 are more."}.get(limit, said)
    assert [text for text in texts if said not in text and at_axis not in text] == []
    fields = {"steps": "steps", "pixels": "width", "pictures": "count", "models": "model"}
    assert replies[0].json().get("field") == {**fields, "words": "prompt"}.get(limit)
    assert replies[1].json().get("field") in (None, replies[0].json().get("field"), "wall_count")
    is_soon = limit == "a minute"
    assert [isinstance(reply.json().get("seconds"), int) for reply in replies] == [is_soon] * 8
    refused = [reply for reply in replies if reply.status_code != 200]
    told = [str(reply.json().get("seconds")) for reply in refused]
    assert [str(reply.headers.get("retry-after")) for reply in refused] == told
    assert len(site.engine.batches) == before
    assert len(site.store.jobs(me.visitor)) == jobs


def test_where_only_who_is_invited_may_come_the_dreams_of_all_others_stop(
    site: Site, owner: httpx.Client
) -> None:
    guest, invited = site.visitor(), site.client(headers=BROWSER, follow_redirects=True)
    link = owner.post("/share/invitations", json={"note": "ben"}).json()["link"]
    invited.get(f"/?{urlsplit(link).query}").raise_for_status()
    site.studio.pause(True)
    asked = DreamRequest(prompt="a cat")
    out, stays = (site.studio.submit(asked, guest_of(one)) for one in (guest, invited))
    owner.put("/share/limits", json={"invited_only": True}).raise_for_status()
    site.wait(out)
    assert guest.get("/me").status_code == 403
    assert [one["job"] for one in owner.get("/share").json()["queue"]] == [stays.id]


def test_of_a_disk_that_is_full_the_owner_hears_all_and_guests_nothing_of_folders(
    site: Site, owner: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest, room = site.visitor(), threading.Event()
    save, queue = site.store.save_picture, site.store.add_job
    full = no_room("nothing more can be saved in the folder secrets")

    def is_full(does: Any, *given: Any) -> Any:
        if not room.is_set():
            raise full
        return does(*given)

    site.engine.go.clear()
    job = site.studio.submit(DreamRequest(prompt="a cat"), guest_of(guest))
    monkeypatch.setattr(site.store, "save_picture", partial(is_full, save))
    monkeypatch.setattr(site.store, "add_job", partial(is_full, queue))
    refused, told = (one.post("/dreams", json={"values": CAT}).json() for one in (guest, owner))
    assert refused["error"] == "Nothing more can be saved on this machine now."
    assert (told["error"], told["hint"]) == (full.message, full.hint)
    assert owner.get("/share").json()["fault"] == ""
    with guest.stream("GET", "/watch") as stream:
        site.engine.go.set()
        line = next(line for line in stream.iter_lines() if "picture-unsaved" in line)
    assert "Nothing more can be saved on this machine now." in line and "secrets" not in line
    assert "secrets" not in guest.get(f"/dreams/{job.id}").text
    assert owner.get("/share").json()["fault"] == str(full)
    room.set()
    site.wait(job)
    assert owner.get("/share").json()["fault"] == ""


def test_when_an_invitation_has_run_out_the_dreams_of_who_came_with_it_stop(
    site: Site, owner: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = site.app.state.gate.book
    link = owner.post("/share/invitations", json={"note": "ben", "hours": 1}).json()["link"]
    invited = site.client(headers=BROWSER, follow_redirects=True)
    invited.get(f"/?{urlsplit(link).query}").raise_for_status()
    site.studio.pause(True)
    job = site.studio.submit(DreamRequest(prompt="a cat"), guest_of(invited))
    later = book.now() + 3601
    monkeypatch.setattr(book, "_clock", lambda: later)
    book.end_invitations()
    site.wait(job)
    assert invited.get(f"/dreams/{job.id}").status_code == 403
    assert site.stored(job).state is JobState.CANCELLED


def test_a_queue_that_the_owner_holds_stays_held_over_a_restart(tmp_path: Path) -> None:
    with open_site(tmp_path) as first:
        browser = first.visitor()
        assert browser.post("/share/queue", json={"paused": True}).json() == {"paused": True}
        job = first.begin(browser)
    with open_site(tmp_path) as again:
        assert again.client().get("/me").json()["paused"]
        assert again.engine.batches == []
        assert again.client().post("/share/queue", json={"paused": False}).status_code == 200
        again.wait(job)
        assert len(again.engine.batches) == 1
