"""What somebody does who wants the owner's pictures by the way on which the owner's browsers become one person."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sdgui.people import Role, Who
from sdgui.spec import DreamRequest
from sdgui.studio.guest_book import GuestBook
from sdgui.studio.guests import Guests
from sdgui.web.doors.visitors import Visitors
from sdgui.web.share import own_browsers
from sdgui.web.share.own_browsers import OwnBrowsers
from tests.web.conftest import BROWSER, Site, open_site, visitor_in


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path) as site:
        yield site


def bring(client: httpx.Client, *browsers: str) -> int:
    return client.post("/me/browsers", json={"browsers": browsers}).status_code


def guest_at(site: Site, client: httpx.Client) -> Who:
    """Who a browser is as a guest; one picture is theirs."""
    guest = Who(visitor=visitor_in(client.cookies), role=Role.GUEST)
    site.wait(site.studio.submit(DreamRequest(prompt="a guest's boat"), guest))
    return guest


def test_a_guest_s_cookie_among_the_owner_s_browsers_lets_nobody_at_the_owner_s(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    chrome, firefox = site.visitor(), site.visitor()
    job = site.dream(chrome)
    assert bring(firefox, job.visitor) == 200
    site.gate.share()
    guest = site.visitor()
    site.gate.book.join((visitor_in(guest.cookies),))  # however it came there
    assert guest.get("/me").json()["role"] == "guest"
    assert guest.get(f"/dreams/{job.id}").status_code == 404
    assert bring(guest, job.visitor) == 403
    assert guest.get("/me/browsers").status_code == 403

    def credulous(self: Visitors, visitor: str, role: Role) -> bool:
        return site.gate.book.has_joined(visitor)

    monkeypatch.setattr(Visitors, "_has_joined", credulous)
    assert guest.get(f"/dreams/{job.id}").status_code == 200


def test_a_browser_that_signed_out_and_whoever_has_a_copy_of_its_cookies_is_nobody_s_owner(
    tmp_path: Path,
) -> None:
    with open_site(tmp_path) as site:
        chrome, firefox = site.visitor(), site.visitor()
        job = site.dream(chrome)
        assert bring(firefox, job.visitor) == 200
        assert chrome.get(f"/dreams/{job.id}").status_code == 200
        site.gate.share()
        chrome.get("/me")  # gives it the owner's cookie
        copy = dict(chrome.cookies)
        before = chrome.get("/me").json()
        assert (before["role"], before["signed_in"]) == ("owner", "cookie")
        kept = site.gate.book.joined()
        chrome.post("/me/sign-out").raise_for_status()
        for client in (chrome, site.client(cookies=copy, headers=BROWSER)):
            assert client.get("/me").json()["role"] == "guest"
            assert client.get(f"/dreams/{job.id}").status_code == 404
        assert firefox.get(f"/dreams/{job.id}").status_code == 200
    with open_site(tmp_path) as alone:  # where everybody is the owner of what they made
        client = alone.client(cookies=copy, headers=BROWSER)
        assert client.get(f"/dreams/{job.id}").status_code == 404
        alone.gate.book.join(kept)  # had signing out not told the book
        assert client.get(f"/dreams/{job.id}").status_code == 200


def test_a_browser_that_signed_out_keeps_what_it_made_as_long_as_it_comes_as_a_guest(
    site: Site,
) -> None:
    chrome = site.visitor()
    chrome.get("/me")
    job = site.dream(chrome)
    site.gate.share()
    assert chrome.get("/me").json()["role"] == "owner"
    chrome.post("/me/sign-out").raise_for_status()
    assert chrome.get("/me").json()["role"] == "guest"
    owner = site.owner()
    assert owner.get("/me/browsers").json()["browsers"] == []
    assert bring(owner, job.visitor) == 404
    assert chrome.get(f"/dreams/{job.id}").status_code == 200


def test_nobody_who_was_a_guest_is_brought_whatever_is_asked_and_wherever_they_are_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_site(tmp_path, share=True) as shared:
        browser = shared.visitor()
        browser.get("/me")
        guest = guest_at(shared, browser)
        owner = shared.owner()
        assert bring(owner, guest.visitor) == 404
    with open_site(tmp_path) as site:
        same = site.client(cookies=dict(browser.cookies), headers=BROWSER)
        other = site.visitor()
        assert same.get("/me").json()["role"] == "owner"
        assert bring(other, guest.visitor) == bring(other, guest.visitor, "nobody") == 404
        assert site.gate.book.joined() == ()
        monkeypatch.setattr(Guests, "was", lambda self, visitor: False)
        monkeypatch.setattr(GuestBook, "person", lambda self, visitor: None)
        assert bring(other, guest.visitor) == 200


def test_a_copy_of_a_browser_s_cookie_that_is_the_owner_s_once_others_can_come_reaches_no_other_browser(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    chrome, firefox = site.visitor(), site.visitor()
    chrome.get("/me")
    job = site.dream(firefox)
    copy = dict(chrome.cookies)
    site.gate.share()
    thief = site.client(cookies=copy, headers=BROWSER)
    assert thief.get("/me").json()["role"] == "owner"  # until the owner signs out there
    assert bring(thief, job.visitor) == 403
    for path in ("/me/browsers", f"/me/browsers/{job.visitor}/0"):
        assert thief.get(path).status_code == 403
    monkeypatch.setattr(OwnBrowsers, "may", lambda self, who: True)
    assert bring(thief, job.visitor) == 200


def test_a_guest_s_cookie_that_was_planted_in_the_owner_s_browser_brings_nothing_to_that_guest(
    site: Site,
) -> None:
    chrome, stranger = site.visitor(), site.visitor()
    job = site.dream(chrome)
    planted = dict(stranger.cookies)
    visitor = visitor_in(planted)
    site.gate.book.saw(Who(visitor=visitor, role=Role.GUEST))  # when others could come
    firefox = site.client(cookies=planted, headers=BROWSER)
    assert bring(firefox, job.visitor) == 200
    assert site.gate.book.joined() == (job.visitor,)
    assert firefox.get(f"/dreams/{job.id}").status_code == 200  # by a cookie of its own
    site.gate.share()
    assert stranger.get(f"/dreams/{job.id}").status_code == 404
    assert bring(stranger, job.visitor) == 403
    site.gate.book.join((visitor,))  # had it been taken for the owner's
    assert stranger.get(f"/dreams/{job.id}").status_code == 200


def test_of_a_browser_no_more_is_to_be_seen_than_three_thumbnails_of_what_is_not_hidden(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    chrome, firefox = site.visitor(), site.visitor()
    job = site.dream(chrome, count=5)
    place = f"/me/browsers/{job.visitor}"
    assert [firefox.get(f"{place}/{i}").status_code for i in (0, 2, 3, -1)] == [200, 200, 422, 422]
    for path in ("thumb", "picture", "share/thumb", "share/picture"):
        assert firefox.get(f"/{path}/{job.tasks[0].id}").status_code == 404
    monkeypatch.setattr(own_browsers, "_THUMBS", 5)
    assert firefox.get("/me/browsers").json()["browsers"][0]["thumbs"] == 5
