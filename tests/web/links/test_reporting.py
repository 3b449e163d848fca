"""Reports of strangers: who may make them, how often, and what the owner is told."""

import httpx
import pytest

from sdgui.web.links import report_desk
from sdgui.web.links.report_desk import OF_ALL, OF_ONE_PLACE, ReportDesk
from tests.web.conftest import Site
from tests.web.links.test_pages import MARKUP, ids, share

NOTHING = {"reason": ""}


@pytest.fixture
def maker(site: Site) -> httpx.Client:
    return site.visitor()


def reports(owner: httpx.Client) -> list[dict[str, object]]:
    return list(owner.get("/share").json()["reports"])


def test_a_stranger_reports_a_picture_with_a_plain_form(site: Site, maker: httpx.Client) -> None:
    job = site.dream(maker)
    path = share(maker, "picture", *ids(job))
    with site.client() as stranger:
        assert f'href="{path}/report"' in stranger.get(path).text
        form = stranger.get(f"{path}/report")
        assert form.status_code == 200 and "<script" not in form.text
        assert "form-action 'self'" in form.headers["content-security-policy"]
        assert form.headers["cache-control"] == "private, no-cache"
        reply = stranger.post(f"{path}/report", data={"reason": f"  it is\nmine {MARKUP} " * 9})
        assert reply.status_code == 200 and "Thank you" in reply.text
        stranger.post(f"{path}/report", data=NOTHING)
        assert not stranger.cookies
    [told] = [one for one in reports(maker) if one["picture"] == ids(job)[0]]
    assert (told["count"], told["place"], told["person"]) == (2, path, None)
    [reason] = told["reasons"]  # type: ignore[misc]
    assert reason.startswith("it is mine ") and len(reason) <= 200
    assert maker.delete(f"/share/reports/{told['picture']}").json() == {"dismissed": True}
    assert told["picture"] not in [one["picture"] for one in reports(maker)]


def test_of_several_pictures_one_is_chosen(site: Site, maker: httpx.Client) -> None:
    job = site.wall(maker, "a cat", 4)
    path = share(maker, "wall", *ids(job))
    with site.client() as stranger:
        assert stranger.get(f"{path}/report").text.count('type="radio"') == 4
        unsaid = stranger.post(f"{path}/report", data={"reason": "why & how"})
        assert unsaid.status_code == 422 and "Choose which picture it is." in unsaid.text
        assert "why &amp; how" in unsaid.text
        wrong = stranger.post(f"{path}/report", data={"picture": "9"})
        assert wrong.status_code == 422
        assert stranger.post(f"{path}/report", data={"picture": "2"}).status_code == 200
    assert ids(job)[2] in [one["picture"] for one in reports(maker)]
    maker.delete(f"/share/reports/{ids(job)[2]}")


def test_what_is_no_report_is_refused(site: Site, maker: httpx.Client) -> None:
    path = share(maker, "picture", *ids(site.dream(maker)))
    before = reports(maker)
    with site.client() as stranger:
        foreign = {"sec-fetch-site": "cross-site"}
        assert stranger.post(f"{path}/report", data=NOTHING, headers=foreign).status_code == 403
        foreign = {"origin": "https://elsewhere.example"}
        assert stranger.post(f"{path}/report", data=NOTHING, headers=foreign).status_code == 403
        assert stranger.post(f"{path}/report", json={"reason": "a"}).status_code == 415
        long = {"reason": "a" * 9000}
        assert stranger.post(f"{path}/report", data=long).status_code == 413
        for nowhere in ("/d/" + "a" * 22, "/d/short"):
            assert stranger.post(f"{nowhere}/report", data=NOTHING).status_code == 404
            assert stranger.get(f"{nowhere}/report").status_code == 404
        maker.delete(f"/links/{path.removeprefix('/d/')}")
        assert stranger.post(f"{path}/report", data=NOTHING).status_code == 410
    assert reports(maker) == before


def test_many_reports_of_one_page_are_held_up_and_others_are_not(
    site: Site, maker: httpx.Client
) -> None:
    job, other = site.dream(maker), site.dream(maker)
    path, beside = share(maker, "picture", *ids(job)), share(maker, "picture", *ids(other))
    with site.client() as stranger:
        sent = [stranger.post(f"{path}/report", data=NOTHING) for _ in range(OF_ONE_PLACE + 2)]
        assert [one.status_code for one in sent] == [200] * OF_ONE_PLACE + [429] * 2
        assert "There were many reports just now" in sent[-1].text
        assert stranger.post(f"{beside}/report", data=NOTHING).status_code == 200
    [told] = [one for one in reports(maker) if one["picture"] == ids(job)[0]]
    assert told["count"] == OF_ONE_PLACE
    for one in (job, other):
        maker.delete(f"/share/reports/{ids(one)[0]}")


class _Counting:
    """A store that counts reports, and has room for some."""

    def __init__(self) -> None:
        self.count = 0

    def add_report(self, picture: str, place: str, reason: str = "") -> bool:
        self.count += 1
        return True


def test_reports_from_everywhere_are_bounded_in_number_and_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(report_desk, "_MOST_PLACES", 100)
    now = [0.0]
    store = _Counting()
    desk = ReportDesk(store, lambda: now[0])  # type: ignore[arg-type]

    def flood() -> int:
        before = store.count
        for i in range(300):
            try:
                desk.take("a" * 32, f"/d/{i}")
            except Exception as fault:
                assert getattr(fault, "status_code", None) == 429
        return store.count - before

    assert flood() == OF_ALL
    assert len(desk._places) == 100
    now[0] += 150
    assert flood() == OF_ALL // 2
