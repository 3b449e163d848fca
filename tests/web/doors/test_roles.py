"""Who is the owner, who a guest, and who is not let in."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sdgui.people import Role, Who
from sdgui.settings import Settings
from sdgui.spec import DreamRequest
from sdgui.storage.secret import server_secret
from sdgui.studio.guest_book import GuestBook
from sdgui.web.doors.auth import Failures
from sdgui.web.doors.cookies import COOKIE
from sdgui.web.doors.gate import NEWCOMERS, Gate, Newcomers
from sdgui.web.doors.keys import OWNERS_SECRET, Keys
from sdgui.web.doors.page_policy import source_of
from sdgui.web.doors.refusal_page import refusal_page
from sdgui.web.doors.roles import Roles
from sdgui.web.doors.visitors import visitor_id, visitor_named
from tests.fake_engine import HandClock
from tests.people import who
from tests.web.conftest import BROWSER, Site, open_site, visitor_in


@pytest.fixture
def shared(open_anew: Site) -> Iterator[Site]:
    """A site that others can come to; who came to it before is as good as never seen."""
    roles_of(open_anew).patience.failures = Failures()
    yield open_anew
    open_anew.gate.book.decide(invited_only=False)


def roles_of(site: Site) -> Roles:
    """The door that tells them."""
    layer = site.app.middleware_stack
    while not isinstance(layer, Roles):
        layer = layer.app  # type: ignore[union-attr]
    return layer


def role_of(client: httpx.Client) -> str:
    role: str = client.get("/me").json()["role"]
    return role


def test_on_loopback_alone_everybody_is_the_owner(site: Site) -> None:
    told = site.client().get("/me").json()
    assert told.pop("others") in (True, False)  # as other tests have left it
    assert told == {
        "role": "owner",
        "name": "owner",
        "number": 0,
        "limits": {
            "waiting": 512,
            **dict.fromkeys(
                ("dreams_a_minute", "steps", "pixels", "pictures", "disk", "upload", "models")
            ),
        },
        "paused": False,
        "bring": False,
        "signed_in": "",
        "lost": 0,
        "hidden": 0,
    }
    assert site.client().get("/share").status_code == 200


def test_where_others_can_come_who_brings_nothing_is_a_guest(shared: Site) -> None:
    for client in (shared.client(), shared.visitor()):
        told = client.get("/me").json()
        assert told["role"] == "guest" and re.fullmatch(r"guest [1-9]\d*", told["name"])
        assert told["limits"]["steps"] == 50
        assert client.get("/share").status_code == 403
        assert client.get("/models").status_code == 403


def test_the_owner_s_token_becomes_a_cookie_at_once_and_leaves_the_address(shared: Site) -> None:
    client = shared.client(headers=BROWSER)
    reply = client.get(f"/?token={shared.gate.keys.token}&prompt=a+cat")
    assert reply.status_code == 303
    assert reply.headers["location"] == "./?prompt=a+cat"
    assert reply.headers["cache-control"] == "no-store"
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    assert shared.gate.keys.token not in cookie
    assert role_of(client) == "owner"
    assert client.get("/share").status_code == 200


def test_who_opens_an_address_in_vain_reads_why_on_a_page_and_a_script_as_plain_text(
    shared: Site,
) -> None:
    client = shared.client()
    opened = client.get("/?i=no", headers={"sec-fetch-dest": "document"})
    assert opened.status_code == 403
    assert opened.headers["content-type"] == "text/html; charset=utf-8"
    assert "width=device-width" in opened.text and "This invitation was withdrawn" in opened.text
    assert "default-src 'none'" in opened.headers["content-security-policy"]
    asked = client.get("/?i=no", headers={"sec-fetch-dest": "empty"})
    assert asked.headers["content-type"] == "text/plain; charset=utf-8"
    assert "&lt;b&gt;" in refusal_page("<b>") and "<b>" not in refusal_page("<b>")


@pytest.mark.parametrize("name", ["token", "i"])
def test_a_wrong_token_opens_nothing_and_ever_later_and_the_right_one_at_once(
    shared: Site, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(roles_of(shared).patience, "wait", wait)
    client = shared.client(headers=BROWSER)
    for number in range(14):
        reply = client.get(f"/?{name}=wrong{number}")
        assert reply.status_code == 403 and "set-cookie" not in reply.headers
    assert waits == sorted(waits) and len(waits) == 4
    assert role_of(client) == "guest"
    shared.owner()
    assert len(waits) == 4


def test_a_program_may_bring_the_token_itself(shared: Site) -> None:
    token = shared.gate.keys.token
    assert role_of(shared.client(headers={"authorization": f"Bearer {token}"})) == "owner"
    wrong = shared.client(headers={"authorization": f"Bearer {token}x"}).get("/me")
    assert wrong.status_code == 401


def test_an_owner_s_cookie_that_somebody_made_up_makes_a_guest(shared: Site) -> None:
    owner = shared.owner()
    [(name, value)] = [(k, v) for k, v in owner.cookies.items() if k.startswith("sdgui_owner")]
    for forged in ("owner", "owner.x", value[:-1], f"x{value}"):
        assert role_of(shared.client(cookies={name: forged})) == "guest"
    assert role_of(shared.client(cookies={name: value})) == "owner"


def test_a_new_token_ends_the_former_link_and_its_cookies(tmp_path: Path) -> None:
    before = Keys(tmp_path)
    cookie = before.owner.made_for("owner", secure=False).decode().partition(";")[0]
    assert Keys(tmp_path).token == before.token
    assert Keys(tmp_path).owner.read(cookie) == "owner"
    after = Keys(tmp_path, renew=True)
    assert after.token != before.token and not after.is_owners(before.token)
    assert after.owner.read(cookie) is None
    assert (tmp_path / OWNERS_SECRET).stat().st_mode & 0o777 == 0o600


def test_neither_token_nor_cookie_gets_into_the_log(
    shared: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        shared.owner()
        shared.client().get("/?token=wrong")
    ours = [
        one for one in caplog.records if not one.name.startswith("http")
    ]  # those are the client's
    assert not any(shared.gate.keys.token in one.getMessage() for one in ours)


def test_a_browser_that_was_here_before_others_could_come_stays_the_owner(tmp_path: Path) -> None:
    with open_site(tmp_path) as site:
        host, stranger = site.visitor(), site.client()
        host.get("/")
        site.gate.share()
        assert role_of(stranger) == "guest"
        reply = host.get("/me")
        assert reply.json()["role"] == "owner"
        assert "sdgui_owner" in reply.headers["set-cookie"]
        assert "set-cookie" not in host.get("/me").headers
        elsewhere = {"host": "c0ffee.gradio.live"}
        assert stranger.get("/me", headers=elsewhere).json()["role"] == "guest"


def test_the_owner_finds_their_own_on_each_device_that_came_by_their_link(tmp_path: Path) -> None:
    with open_site(tmp_path, share=True) as site:
        laptop, phone = site.owner(), site.owner()
        job = site.dream(laptop, count=2)
        assert [one["id"] for one in phone.get("/dreams").json()["dreams"]] == [job.id]
        assert phone.get(f"/picture/{job.tasks[0].id}").status_code == 200
    with open_site(tmp_path) as alone:  # and still, when nobody else can come
        cookies = dict(laptop.cookies)
        assert alone.client(cookies=cookies).get(f"/dreams/{job.id}").status_code == 200


def test_what_an_owner_s_browser_made_before_it_came_by_the_link_is_brought_along_when_asked(
    tmp_path: Path,
) -> None:
    with open_site(tmp_path) as site:
        browser = site.visitor()
        job = site.dream(browser)
        site.gate.share()
        assert not browser.get("/me").json()["bring"]  # it is the owner's, and keeps its own
        assert browser.get(f"/dreams/{job.id}").status_code == 200
        browser.get(f"/?token={site.gate.keys.token}")
        assert browser.get("/me").json()["bring"]
        assert browser.post("/me/bring").json() == {"pictures": 1}
        for device in (browser, site.owner()):
            assert device.get(f"/dreams/{job.id}").status_code == 200
        assert not browser.get("/me").json()["bring"]


def test_programs_of_guests_do_not_find_what_the_owner_s_programs_made(tmp_path: Path) -> None:
    with open_site(tmp_path) as site:
        program = site.client()
        asked = {"prompt": "a cat", "steps": 1}
        job = program.post("/gradio_api/call/v2/dream", json=asked).json()["event_id"]
        assert program.get(f"/dreams/{job}").status_code == 200
        site.gate.share()
        assert program.get(f"/dreams/{job}").status_code == 404
        bearer = {"authorization": f"Bearer {site.gate.keys.token}"}
        assert program.get(f"/dreams/{job}", headers=bearer).status_code == 200


def test_who_signs_in_is_the_same_person_on_each_device_and_a_guest(
    guarded_site: Site,
) -> None:
    auth = httpx.BasicAuth("ann", "öpen: sesame")
    laptop, phone = guarded_site.client(auth=auth), guarded_site.client(auth=auth)
    secret = server_secret(guarded_site.store._folder.path)
    ann = Who(visitor=visitor_named("ann", secret), role=Role.GUEST, name="ann")
    job = guarded_site.studio.submit(DreamRequest(prompt="a cat", steps=1), ann)
    for device in (laptop, phone):
        assert device.get("/me").json()["name"] == "ann"
        assert device.get(f"/dreams/{job.id}").status_code == 200
        assert "set-cookie" not in device.get("/", headers=BROWSER).headers
        assert device.get("/share").status_code == 403
    guarded_site.wait(job)


def test_what_a_browser_dreamt_before_names_were_asked_can_be_brought_along_and_only_then_is(
    tmp_path: Path,
) -> None:
    with open_site(tmp_path) as before:
        browser = before.visitor()
        job = before.dream(browser, count=2)
        cookies = dict(browser.cookies)
    with open_site(tmp_path, ("ann", "sesame")) as site:
        ann = httpx.BasicAuth("ann", "sesame")
        laptop, phone = site.client(auth=ann, cookies=cookies), site.client(auth=ann)
        assert laptop.get("/me").json()["bring"] and not phone.get("/me").json()["bring"]
        assert laptop.get(f"/dreams/{job.id}").status_code == 404
        assert phone.post("/me/bring").status_code == 404
        assert laptop.post("/me/bring").json() == {"pictures": 2}
        for device in (laptop, phone):
            told = device.get(f"/dreams/{job.id}").json()
            assert [tile["state"] for tile in told["tiles"]] == ["done", "done"]
            assert device.get(f"/picture/{job.tasks[0].id}").status_code == 200
        assert not laptop.get("/me").json()["bring"]
        assert laptop.post("/me/bring").status_code == 404


def test_dreams_that_are_being_made_are_brought_along_only_when_they_are_done(
    guarded_site: Site,
) -> None:
    engine = guarded_site.engine
    engine.go.clear()
    token = "an-old-token-of-the-former-version-0123456789"
    job = guarded_site.studio.submit(DreamRequest(prompt="a cat"), who(visitor_id(token)))
    browser = guarded_site.client(
        auth=httpx.BasicAuth("ann", "öpen: sesame"), cookies={COOKIE: token}
    )
    refused = browser.post("/me/bring")
    assert refused.status_code == 422 and "still being made" in refused.text
    engine.go.set()
    guarded_site.wait(job)
    assert browser.post("/me/bring").json() == {"pictures": 1}


def test_the_owner_s_link_opens_where_names_are_asked_and_so_does_the_name_owner(
    guarded_site: Site, tmp_path: Path
) -> None:
    assert role_of(guarded_site.owner()) == "owner"
    with open_site(tmp_path, ("owner", "sesame")) as site:
        assert role_of(site.client(auth=httpx.BasicAuth("owner", "sesame"))) == "owner"
        assert site.client(auth=httpx.BasicAuth("owner", "x")).get("/me").status_code == 401


def test_an_invitation_lets_in_until_it_is_withdrawn(shared: Site) -> None:
    owner = shared.owner()
    assert owner.put("/share/limits", json={"invited_only": True}).status_code == 200
    link = owner.post("/share/invitations", json={"note": "for the living room"}).json()
    query = link["link"].partition("?")[2]
    uninvited = shared.client(headers=BROWSER)
    assert uninvited.get("/").status_code == 403
    assert "invitation" in uninvited.get("/").text
    guest = shared.client(headers=BROWSER, follow_redirects=True)
    assert guest.get(f"/?{query}").status_code == 200
    assert role_of(guest) == "guest"
    shared.engine.go.clear()
    job = shared.studio.submit(
        DreamRequest(prompt="a cat"), Who(visitor=visitor_in(guest.cookies), role=Role.GUEST)
    )
    shared_with = owner.get("/share").json()
    [told], [person] = shared_with["invitations"], shared_with["people"][:1]
    assert (told["note"], told["came"]) == ("for the living room", [person["name"]])
    assert owner.delete(f"/share/invitations/{link['id']}").json() == {"stopped": 1}
    shared.wait(job)
    refused = guest.get("/dreams")
    assert refused.status_code == 403 and "withdrawn" in refused.text
    assert uninvited.get(f"/?{query}").status_code == 410
    assert owner.get("/share").json()["invitations"] == []


def test_an_invitation_that_ended_locks_nobody_out_who_has_a_name_and_a_password(
    guarded_site: Site,
) -> None:
    owner = guarded_site.owner()
    link = owner.post("/share/invitations", json={"note": "for Ben"}).json()
    ann = guarded_site.client(auth=httpx.BasicAuth("ann", "öpen: sesame"), headers=BROWSER)
    assert ann.get(f"/?{link['link'].partition('?')[2]}").status_code == 303
    assert owner.delete(f"/share/invitations/{link['id']}").status_code == 200
    assert ann.get("/me").json()["name"] == "ann"
    assert guarded_site.client(cookies=dict(ann.cookies)).get("/me").status_code == 401


def test_who_is_sent_away_has_their_dreams_stopped_and_is_told_when_to_come_again(
    shared: Site,
) -> None:
    owner, guest, other = shared.owner(), shared.visitor(), shared.visitor()
    shared.engine.go.clear()
    me = visitor_in(guest.cookies)
    job = shared.studio.submit(DreamRequest(prompt="a cat"), Who(visitor=me, role=Role.GUEST))
    assert owner.post(f"/share/people/{me}", json={"do": "send-away"}).json() == {"stopped": 1}
    shared.wait(job)
    refused = guest.get("/")
    assert refused.status_code == 403 and "Come again in 60 minutes." in refused.text
    assert guest.post("/gradio_api/call/v2/dream", json={"prompt": "x"}).status_code == 403
    assert other.get("/dreams").status_code == 200
    for do, status in (("block", 403), ("unblock", 200)):
        assert owner.post(f"/share/people/{me}", json={"do": do}).status_code == 200
        assert guest.get("/dreams").status_code == status
        [told] = [one for one in owner.get("/share").json()["people"] if one["id"] == me]
        assert told["blocked"] is (do == "block")
    mine = shared.visitor_of(owner)
    assert owner.post(f"/share/people/{mine}", json={"do": "block"}).status_code == 404
    assert owner.get("/me").json()["role"] == "owner"


def test_new_visitors_cost_something_and_who_is_known_is_let_in_meanwhile(shared: Site) -> None:
    known = shared.visitor()
    statuses = [shared.client().get("/me", headers=BROWSER).status_code for _ in range(40)]
    assert statuses.count(200) < NEWCOMERS < 40
    assert statuses[-1] == 429
    refused = shared.client().get("/", headers=BROWSER)
    assert "set-cookie" not in refused.headers
    assert known.get("/me").status_code == 200
    owner_of_link = shared.client(headers=BROWSER)
    assert owner_of_link.get(f"/?token={shared.gate.keys.token}").status_code == 303
    assert role_of(owner_of_link) == "owner"


def test_new_visitors_are_let_in_again_with_time() -> None:
    clock = HandClock()
    newcomers = Newcomers(clock)
    assert [newcomers.admit("127.0.0.1") for _ in range(NEWCOMERS + 1)][-2:] == [True, False]
    assert newcomers.admit("192.168.1.2")  # another place
    assert (newcomers.wait("127.0.0.1"), newcomers.wait("192.168.1.2")) == (2, 0)
    clock.now += 2
    assert newcomers.admit("127.0.0.1")
    assert not newcomers.admit("127.0.0.1")
    for i in range(2000):
        newcomers.admit(f"10.0.{i // 250}.{i % 250}")
    assert len(newcomers._places) <= 1000


@pytest.mark.parametrize(
    ("settings", "is_open"),
    [
        (Settings(), False),
        (Settings(host="::1"), False),
        (Settings(share=True), True),
        (Settings(host="0.0.0.0"), True),
        (Settings(auth=(("a", "b"),)), True),
    ],
)
def test_the_gate_is_open_where_others_can_come(
    settings: Settings, is_open: bool, tmp_path: Path
) -> None:
    book = GuestBook(tmp_path, lambda file, content: None)
    assert Gate(settings, Keys(tmp_path), book).is_open is is_open


def test_who_has_an_invitation_or_a_name_never_waits_for_other_newcomers(shared: Site) -> None:
    """By the public link all come from one place, which one person alone can use up."""
    owner = shared.owner()
    made = owner.post("/share/invitations", json={"note": "x"}).json()["link"]
    query = made.partition("?")[2]
    shared.gate.newcomers = Newcomers(lambda: 0.0)
    while shared.client(headers=BROWSER).get("/me").status_code == 200:
        pass
    refused = shared.client(headers=BROWSER).get("/me")
    assert refused.status_code == 429 and "Come again in 2 seconds." in refused.text
    assert refused.headers["retry-after"] == "2"
    opened = shared.client(headers=BROWSER | {"sec-fetch-dest": "document"}).get("/")
    assert '<span id="when" role="status">Come again in 2 seconds.</span>' in opened.text
    script = opened.text.partition('<script type="module">')[2].partition("</script>")[0]
    assert 'countDown(document.querySelector("#when"), 2,' in script
    assert f"script-src {source_of(script)};" in opened.headers["content-security-policy"]

    def invited() -> int:
        client = shared.client(headers=BROWSER)
        assert client.get(f"/?{query}").status_code == 303
        return client.get("/me").status_code

    assert {invited() for _ in range(NEWCOMERS)} == {200}
    assert invited() == 429  # nor does one invitation make up people without end
    assert shared.owner().get("/me").status_code == 200


def test_who_signs_in_never_waits_for_other_newcomers(guarded_site: Site) -> None:
    gate, ann = guarded_site.gate, httpx.BasicAuth("ann", "öpen: sesame")
    before, gate.newcomers = gate.newcomers, Newcomers(lambda: 0.0)
    try:
        while gate.newcomers.admit("127.0.0.1"):
            pass
        assert guarded_site.client(auth=ann, headers=BROWSER).get("/me").status_code == 200
    finally:
        gate.newcomers = before


def test_where_nobody_else_can_come_who_was_a_guest_before_is_none_any_more(
    tmp_path: Path,
) -> None:
    """Else their pictures would make room for a guest's when others can come again."""
    with open_site(tmp_path, share=True) as site:
        browser = site.visitor()
        guest = Who(visitor=visitor_in(browser.cookies), role=Role.GUEST)
        site.wait(site.studio.submit(DreamRequest(prompt="a cat"), guest))
        site.gate.book.used(guest.visitor, 1, 1.0)
        site.gate.book.keep()
        assert site.studio.guests.all()
    with open_site(tmp_path) as alone:
        same = alone.client(cookies=dict(browser.cookies))
        assert role_of(same) == "owner"
        alone.gate.book.keep()
    with open_site(tmp_path, share=True) as again:
        assert not again.studio.guests.all()
