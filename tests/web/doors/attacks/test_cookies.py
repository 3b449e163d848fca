"""Cookies and ids that are made up, changed, planted, stolen or kept too long."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from itsdangerous import BadSignature, Signer, TimestampSigner

from sdgui.errors import UserError
from sdgui.web.doors import visitors
from sdgui.web.doors.cookies import COOKIE, Cookies, token_of
from sdgui.web.doors.keys import OWNER, OWNERS_BROWSER, Keys
from sdgui.web.doors.signed_cookie import SignedCookie
from sdgui.web.doors.signed_out import FILE, GivenUp
from sdgui.web.doors.visitors import visitor_id
from tests.people import who
from tests.web.conftest import BROWSER, Site, open_site
from tests.web.doors.belongings import Belongings, belongings_of

PLANTED = "planted-by-somebody-else-0123456789-abcdefgh"


@pytest.fixture
def shared(open_anew: Site) -> Site:
    return open_anew


@pytest.fixture
def maker(shared: Site) -> Iterator[Belongings]:
    with belongings_of(shared, shared.visitor()) as theirs:
        yield theirs


def cookie_of(client: httpx.Client, begins: str = COOKIE) -> tuple[str, str]:
    [found] = [(name, value) for name, value in client.cookies.items() if name.startswith(begins)]
    return found


def with_cookie(site: Site, name: str, value: str) -> httpx.Client:
    """A browser that brings this cookie and no other."""
    return site.client(headers={"cookie": f"{name}={value}"})


def flipped(value: str, place: int) -> str:
    """The same with one letter another."""
    return f"{value[:place]}{'A' if value[place] != 'A' else 'B'}{value[place + 1 :]}"


def trust(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures are looked at by nobody."""

    def unsign(self: Signer, value: str | bytes, *_: Any, **how: Any) -> Any:
        told = value.encode() if isinstance(value, str) else value
        said = told.split(b".")[0]
        if how.get("return_timestamp"):
            return said, self.timestamp_to_datetime(2_000_000_000)  # type: ignore[attr-defined]
        return said

    monkeypatch.setattr(Signer, "unsign", unsign)
    monkeypatch.setattr(TimestampSigner, "unsign", unsign)


def test_a_visitor_s_cookie_with_any_letter_changed_is_nobody_s(
    maker: Belongings, shared: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, value = cookie_of(maker.client)
    address = f"/dreams/{maker.job}"
    assert with_cookie(shared, name, value).get(address).status_code == 200
    token, made, signature = value.split(".")
    signed = len(token) + len(made) + 2
    for place in (0, len(token) - 1, len(token) + 1, signed, signed + len(signature) // 2):
        assert with_cookie(shared, name, flipped(value, place)).get(address).status_code == 404
    for forged in (
        f"{token}.{made}.",
        f"{token}..{signature}",
        f"{token}.{made}.{signature[::-1]}",
        f".{made}.{signature}",
        f"{token}.{made}.{signature}.{signature}",
    ):
        assert with_cookie(shared, name, forged).get(address).status_code == 404
    trust(monkeypatch)
    last = flipped(value, signed)
    assert with_cookie(shared, name, last).get(address).status_code == 200


def test_an_owner_s_cookie_is_taken_only_with_its_signature(
    shared: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, value = cookie_of(shared.owner(), "sdgui_owner")
    assert with_cookie(shared, name, value).get("/share").status_code == 200
    visitors_own = cookie_of(shared.visitor())[1]
    forged = (flipped(value, len(value) - 3), "owner", "owner.", "owner.AAAA", visitors_own)
    for one in forged:
        assert with_cookie(shared, name, one).get("/share").status_code == 403
    trust(monkeypatch)
    assert with_cookie(shared, name, "owner.AAAA").get("/share").status_code == 200


def test_a_cookie_of_one_kind_is_none_of_another(maker: Belongings, shared: Site) -> None:
    """Each kind has a salt of its own: a guest's signature under the owner's name is worth nothing."""
    keys = shared.gate.keys
    said = keys.invited.made_for("owner", secure=False).decode().partition(";")[0]
    value = said.partition("=")[2]
    assert keys.invited.read(f"{keys.invited.name}={value}") == "owner"
    assert with_cookie(shared, keys.owner.name, value).get("/share").status_code == 403
    name, _ = cookie_of(maker.client)
    assert with_cookie(shared, name, value).get(f"/dreams/{maker.job}").status_code == 404


def test_a_cookie_that_somebody_planted_before_is_not_taken_for_a_visitor_s(
    shared: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever planted it would know whose dreams to look at."""
    name = Cookies(b"another folder's").name
    own, _ = cookie_of(shared.visitor())
    for planted in (COOKIE, name, own):
        sent = {"cookie": f"{planted}={PLANTED}", **BROWSER}
        victim = shared.client(headers=sent)
        reply = victim.get("/")
        assert reply.status_code == 200
        [given] = [v for k, v in victim.cookies.items() if k == own]
        assert token_of(given) != PLANTED
    signed = cookie_of(shared.visitor())[1]
    kept = with_cookie(shared, own, signed).get("/", headers=BROWSER)
    assert "set-cookie" not in kept.headers  # legitimate: it stays as it is
    trust(monkeypatch)
    seen = []
    monkeypatch.setattr(visitors, "visitor_id", lambda token: seen.append(token) or "x" * 64)
    with_cookie(shared, own, f"{PLANTED}.x.y").get("/me")
    assert seen == [PLANTED]


def test_a_former_cookie_is_taken_only_of_who_has_something_here(
    shared: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = shared.studio.submit_plan(shared.wall_plan(), who(visitor_id(PLANTED)))
    shared.wait(job)
    former = with_cookie(shared, COOKIE, PLANTED)
    assert former.get(f"/dreams/{job.id}").status_code == 200
    stranger = with_cookie(shared, COOKIE, f"{PLANTED}x")
    assert stranger.get(f"/dreams/{job.id}").status_code == 404
    assert "set-cookie" not in stranger.get("/status").headers


ENDINGS: dict[str, Callable[[httpx.Client, str], httpx.Response]] = {
    "sent away": lambda owner, guest: owner.post(
        f"/share/people/{guest}", json={"do": "send-away"}
    ),
    "blocked": lambda owner, guest: owner.post(f"/share/people/{guest}", json={"do": "block"}),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_stolen_cookie_opens_nothing_once_its_guest_is_out(
    maker: Belongings, shared: Site, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, value = cookie_of(maker.client)
    thief = with_cookie(shared, name, value)
    addresses = ("/", f"/dreams/{maker.job}", f"/picture/{maker.picture}", "/watch", "/me")
    assert {thief.get(address).status_code for address in addresses} == {200}
    owner = shared.owner()
    assert ENDINGS[ending](owner, maker.visitor).status_code == 200
    assert {thief.get(address).status_code for address in addresses} == {403}
    monkeypatch.setattr(shared.gate.book, "refused", lambda visitor: None)
    assert {thief.get(address).status_code for address in addresses} == {200}
    monkeypatch.undo()
    owner.post(f"/share/people/{maker.visitor}", json={"do": "unblock"})


def test_an_invitation_s_cookie_is_worth_nothing_once_it_is_withdrawn(
    shared: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = shared.owner()
    made = owner.post("/share/invitations", json={"note": "x"}).json()
    query = made["link"].partition("?")[2]
    guest = shared.client(headers=BROWSER)
    assert guest.get(f"/?{query}").status_code == 303
    name, value = cookie_of(guest, "sdgui_invited")
    assert with_cookie(shared, name, value).get("/dreams").status_code == 200
    owner.delete(f"/share/invitations/{made['id']}")
    assert with_cookie(shared, name, value).get("/dreams").status_code == 403
    assert shared.client().get(f"/?{query}").status_code == 410
    monkeypatch.setattr(shared.gate.book, "is_invited", lambda invitation: True)
    assert with_cookie(shared, name, value).get("/dreams").status_code == 200


def test_after_a_new_token_former_links_and_cookies_are_a_guest_s(tmp_path: Path) -> None:
    with open_site(tmp_path, share=True) as site:
        owner = site.owner()
        name, value = cookie_of(owner, "sdgui_owner")
        former = site.gate.keys
        bearer = {"authorization": f"Bearer {former.token}"}
        thief = with_cookie(site, name, value)
        assert thief.get("/share").status_code == 200
        assert site.client(headers=bearer).get("/share").status_code == 200
        site.gate.keys = Keys(tmp_path, renew=True)
        assert thief.get("/share").status_code == 403
        assert site.client(headers=bearer).get("/share").status_code == 401
        assert site.client().get(f"/?token={former.token}").status_code == 403
        site.gate.keys = former
        assert thief.get("/share").status_code == 200


@pytest.mark.parametrize("kind", [OWNER, OWNERS_BROWSER])
def test_a_cookie_of_the_former_version_becomes_one_s_own_and_signing_out_ends_no_other(
    shared: Site, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those all said the same; a copy of one is worth nothing either."""
    monkeypatch.setattr(shared.gate.keys.given_up, "_said", set())
    said = shared.gate.keys.owner.made_for(kind, secure=False).decode()
    name, _, value = said.partition(";")[0].partition("=")
    here, there = shared.client(headers=BROWSER), shared.client(headers=BROWSER)
    thief = with_cookie(shared, name, value)
    for one in (here, there):
        one.cookies.set(name, value, domain="127.0.0.1", path="/")
        assert one.get("/me").json()["role"] == "owner"
    assert len({value, here.cookies[name], there.cookies[name]}) == 3
    kept = dict(here.cookies)
    assert here.get("/me").json()["role"] == "owner" and dict(here.cookies) == kept
    here.post("/me/sign-out").raise_for_status()
    assert [one.get("/me").json()["role"] for one in (here, there)] == ["guest", "owner"]
    assert thief.get("/me").json()["role"] == "guest"


def test_a_copy_of_an_owner_s_cookie_is_worth_nothing_once_they_signed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor after a restart; the owner's other devices stay theirs."""
    with open_site(tmp_path, share=True) as site:
        owner, other = site.owner(), site.owner()
        name, value = cookie_of(owner, "sdgui_owner")
        thief = with_cookie(site, name, value)
        assert thief.get("/share").status_code == 200
        assert owner.get("/me").json()["signed_in"] == "cookie"
        reply = owner.post("/me/sign-out")
        assert reply.json() == {"leave": ""} and not owner.cookies.get(name)
        assert {one.get("/me").json()["role"] for one in (owner, thief)} == {"guest"}
        assert thief.get("/share").status_code == 403
        assert thief.post("/me/sign-out").status_code == 404
        assert other.get("/share").status_code == 200
        monkeypatch.setattr(GivenUp, "__contains__", lambda self, said: False)
        assert thief.get("/share").status_code == 200
        monkeypatch.undo()
        assert site.owner().get("/share").status_code == 200  # by the link again
    with open_site(tmp_path, share=True) as again:
        assert with_cookie(again, name, value).get("/share").status_code == 403
        again.gate.keys = Keys(tmp_path, renew=True)
        assert (tmp_path / FILE).exists() is False


def test_a_browser_that_was_the_owner_s_before_others_could_come_signs_out_for_good(
    tmp_path: Path,
) -> None:
    with open_site(tmp_path) as site:
        host = site.visitor()
        host.get("/")
        site.gate.share()
        assert host.get("/me").json()["role"] == "owner"
        copies = [(name, value) for name, value in host.cookies.items()]
        assert host.post("/me/sign-out").status_code == 200
        for client in (host, *(with_cookie(site, *one) for one in copies)):
            assert client.get("/me").json()["role"] == "guest"


@pytest.mark.parametrize("by_link", [False, True])
def test_so_does_a_copy_of_its_own_cookie_that_was_the_owner_s_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_link: bool
) -> None:
    """Also after a restart; another browser of before stays the owner's."""
    with open_site(tmp_path) as site:
        host, other = site.visitor(follow_redirects=True), site.visitor()
        for one in (host, other):
            one.get("/").raise_for_status()
        thief = with_cookie(site, *cookie_of(host, "sdgui_visitor"))
        site.gate.share()
        assert {one.get("/me").json()["role"] for one in (host, other, thief)} == {"owner"}
        if by_link:
            host.get(f"/?token={site.gate.keys.token}").raise_for_status()
        host.post("/me/sign-out").raise_for_status()
        assert [one.get("/me").json()["role"] for one in (thief, host)] == ["guest", "guest"]
        assert other.get("/share").status_code == 200
        stolen = cookie_of(thief, "sdgui_owner")
    with open_site(tmp_path, share=True) as again:
        assert with_cookie(again, *stolen).get("/share").status_code == 403
        monkeypatch.setattr(GivenUp, "__contains__", lambda self, said: False)
        assert with_cookie(again, *stolen).get("/share").status_code == 200


def test_so_does_one_that_came_by_the_owner_s_link_later(tmp_path: Path) -> None:
    """Its own cookie, by which it was the owner's before, opens nothing either."""
    with open_site(tmp_path) as site:
        host = site.visitor(headers=BROWSER, follow_redirects=True)
        host.get("/")
        site.gate.share()
        host.get(f"/?token={site.gate.keys.token}").raise_for_status()
        assert host.post("/me/sign-out").json() == {"leave": ""}
        assert host.get("/me").json()["role"] == "guest"


def test_who_cannot_sign_out_for_a_full_disk_is_told_so_and_can_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(file: Path, content: bytes) -> None:
        raise OSError("no room")

    with open_site(tmp_path, share=True) as site:
        owner = site.owner()
        with monkeypatch.context() as full:
            full.setattr(site.gate.keys.given_up, "_write", no_room)
            refused = owner.post("/me/sign-out")
        assert refused.status_code == 503 and "still signed in" in refused.text
        assert owner.get("/me").json()["role"] == "owner"
        assert owner.post("/me/sign-out").status_code == 200
        assert owner.get("/me").json()["role"] == "guest"


def test_where_nobody_can_read_who_signed_out_nothing_is_served_until_a_new_token(
    tmp_path: Path,
) -> None:
    """Else what was given up would open everything again."""
    (tmp_path / FILE).write_bytes(b"\xff")
    with pytest.raises(UserError, match="who signed out"):
        Keys(tmp_path)
    assert "owner-1" not in Keys(tmp_path, renew=True).given_up
    assert "owner-1" not in Keys(tmp_path).given_up


def test_a_cookie_that_another_site_of_the_domain_planted_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the site is encrypted and at the root; a browser takes no such name from anybody else."""
    ours = Cookies(b"x" * 32)
    mine = ours.made_for("a" * 43, secure=True)
    assert mine.startswith("__Host-") and "; Path=/;" in mine and mine.endswith("; Secure")
    planted = ours.made_for("b" * 43, secure=False).partition(";")[0]
    sent = f"{planted}; {mine.partition(';')[0]}"
    assert ours.read(sent) == ("a" * 43, False)
    assert ours.read(planted) == ("b" * 43, False)  # as it was given before
    assert not Cookies(b"x" * 32, path="/sd").made_for("a" * 43, secure=True).startswith("__")
    signed = SignedCookie("owner", b"x" * 32)
    owners = signed.made_for("owner-1", secure=True).decode().partition(";")[0]
    former = signed.made_for("owner-2", secure=False).decode().partition(";")[0]
    assert signed.read(f"{former}; {owners}") == "owner-1"
    monkeypatch.setattr("sdgui.web.doors.signed_cookie.HOSTS", "")
    assert ours.read(sent) == ("b" * 43, False)


def test_a_token_in_an_address_counts_on_the_first_page_alone(shared: Site) -> None:
    token = shared.gate.keys.token
    assert shared.client().get(f"/?token={token}").status_code == 303
    for method, path in (
        ("GET", f"/share?token={token}"),
        ("POST", f"/?token={token}"),
        ("HEAD", f"/?token={token}"),
        ("GET", f"/me?token={token}"),
        ("POST", f"/share/link?token={token}"),
    ):
        reply = shared.client().request(method, path, json={"on": False})
        assert "sdgui_owner" not in reply.headers.get("set-cookie", "")
        assert reply.status_code != 303
    assert shared.client().get(f"/me?token={token}").json()["role"] == "guest"


def test_ids_are_drawn_from_at_least_128_bits_and_differ_in_all_of_them(
    maker: Belongings, shared: Site
) -> None:
    hexes = [maker.picture, maker.other, maker.undo]
    links = [
        maker.client.post("/links", json={"kind": "picture", "pictures": [maker.picture]}).json()
        for _ in range(20)
    ]
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in hexes)
    ids = [one["id"] for one in links] + [maker.token]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22,}", one) for one in ids)
    assert all(len({one[place] for one in ids}) > 4 for place in range(21))
    tokens = {token_of(cookie_of(shared.visitor())[1]) for _ in range(5)}
    assert len(tokens) == 5 and all(len(one) == 43 for one in tokens)
    moment, drawn = maker.job[:12], maker.job[12:]
    assert int(moment, 16) > 0 and len(drawn) * 4 >= 80  # and a dream is found only by its maker


def test_what_is_compared_with_a_secret_is_compared_in_one_time() -> None:
    """By hmac.compare_digest, which each of these calls, and never by ==."""
    import inspect

    from sdgui.web.doors import gate, keys

    for one in (keys.Keys.is_owners, keys.Keys.invitation_of, gate.Gate.is_proof):
        said = inspect.getsource(one)
        assert "compare_digest" in said and "==" not in said
    with pytest.raises(BadSignature):
        Signer(b"one").unsign(Signer(b"another").sign(b"x"))
