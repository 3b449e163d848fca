"""Every browser is a visitor from its first request on, and sees only what is its own."""

import hashlib
from http.cookies import SimpleCookie

import httpx
import pytest

from sdgui.web.doors.visitors import COOKIE, visitor_id
from tests.web.conftest import BROWSER, Site


@pytest.mark.parametrize(
    "path", ["/", "/status", "/config", "/sdgui/main.js", "/nothing/here", "/thumb/no"]
)
def test_a_browsers_first_answer_sets_the_cookie_whatever_was_asked(site: Site, path: str) -> None:
    reply = site.client().get(path, headers=BROWSER)
    morsel = SimpleCookie(reply.headers["set-cookie"])[COOKIE]
    assert morsel["httponly"] and morsel["samesite"] == "Lax" and morsel["path"] == "/"
    assert len(morsel.value) >= 43  # 256 bits in base64


def test_a_known_visitor_gets_no_new_cookie(site: Site) -> None:
    assert "set-cookie" not in site.visitor().get("/").headers


@pytest.mark.parametrize(
    "other", ["flag", 'tree={"a": [1, 2]}', "a@b=1", "words=one two", "_xsrf=2|1:0|10:5"]
)
def test_the_cookies_of_other_programs_on_this_machine_do_not_hide_ours(
    site: Site, other: str
) -> None:
    owner = site.visitor()
    cookies = f"{other}; {COOKIE}={owner.cookies[COOKIE]}"
    reply = httpx.get(f"{site.url}/status", headers={"cookie": cookies}, trust_env=False)
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize("forged", ["", "short", "../../etc/passwd" * 3, "x" * 500])
def test_a_cookie_that_we_could_not_have_made_is_replaced(site: Site, forged: str) -> None:
    reply = httpx.get(
        f"{site.url}/status", headers={"cookie": f"{COOKIE}={forged}", **BROWSER}, trust_env=False
    )
    assert COOKIE in reply.headers["set-cookie"]


@pytest.mark.parametrize("path", ["/", "/config"])
def test_whoever_comes_to_the_page_gets_a_cookie(site: Site, path: str) -> None:
    assert COOKIE in site.client().get(path).headers["set-cookie"]


def test_a_program_without_a_cookie_is_known_by_its_address_and_stays_that_person(
    site: Site,
) -> None:
    client = site.client()  # with a memory for cookies: none is given that would make it another
    call = client.post("/gradio_api/call/v2/dream", json={"prompt": "a cat", "steps": 1})
    job = call.json()["event_id"]
    assert "set-cookie" not in call.headers
    for _ in range(2):
        reply = client.get(f"/dreams/{job}")
        assert reply.status_code == 200
        assert "set-cookie" not in reply.headers
    assert site.visitor().get(f"/dreams/{job}").status_code == 404


def test_the_token_itself_is_not_stored(site: Site) -> None:
    client = site.visitor()
    job = site.dream(client)
    token = client.cookies[COOKIE]
    assert job.visitor == hashlib.sha256(token.encode()).hexdigest() == visitor_id(token)


def test_another_visitor_finds_nothing(site: Site) -> None:
    owner, other = site.visitor(), site.visitor()
    job = site.dream(owner)
    picture = job.tasks[0].id
    for path in (
        f"/picture/{picture}",
        f"/thumb/{picture}",
        f"/dreams/{job.id}",
        f"/live/{job.id}/0",
        f"/unsaved/{job.id}/0",
    ):
        assert other.get(path).status_code == 404, path
    assert other.delete(f"/picture/{picture}").status_code == 404
    assert other.get("/dreams").json()["dreams"] == []
    assert owner.get(f"/picture/{picture}").status_code == 200


def test_another_visitor_cannot_stop_a_dream(site: Site) -> None:
    owner, other = site.visitor(), site.visitor()
    site.engine.go.clear()
    job = site.begin(owner)
    assert other.post(f"/jobs/{job.id}/cancel").json() == {"cancelled": False}
    assert other.post("/cancel").json() == {"cancelled": 0}
    assert owner.post(f"/jobs/{job.id}/cancel").json() == {"cancelled": True}
    site.wait(job)
