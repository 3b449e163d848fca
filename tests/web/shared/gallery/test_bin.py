"""The bin over HTTP: what is deleted is not found any more, and open pages hear of it and of what comes back."""

import httpx
import pytest

from sdgui.records import JobState
from tests.web.conftest import Site
from tests.web.dream.test_routes import listen_to


def names(client: httpx.Client) -> list[str]:
    return [dream["id"] for dream in client.get("/dreams").json()["dreams"]]


def test_pictures_and_dreams_go_and_come_back_where_they_stood(site: Site) -> None:
    client = site.visitor()
    first, second, third = (site.dream(client, f"cat {i}", count=2) for i in range(3))
    before = client.get("/dreams").json()
    gone = third.tasks[0].id
    deleted = client.post("/bin", json={"pictures": [gone], "dreams": [second.id]}).json()
    assert deleted["pictures"] == 3
    assert names(client) == [third.id, first.id]
    hidden = (f"/dreams/{second.id}", f"/picture/{second.tasks[0].id}", f"/thumb/{gone}")
    hidden += (f"/picture/{gone}/facts", f"/live/{second.id}/1")
    assert {client.get(path).status_code for path in hidden} == {404}
    assert client.post("/bin/restore", json={"undo": deleted["undo"]}).json()["pictures"] == 3
    assert client.get("/dreams").json() == before
    assert client.post("/bin/restore", json={"undo": deleted["undo"]}).status_code == 404


def test_one_in_the_bin_is_seen_and_deleted_for_good_alone(site: Site) -> None:
    client, other = site.visitor(), site.visitor()
    one, two = (task.id for task in site.dream(client, count=2).tasks)
    size = len(client.get(f"/picture/{one}").content)
    client.post("/bin", json={"pictures": [one, two]})
    assert len(client.get(f"/picture/{one}?bin=1").content) == size
    assert client.get(f"/picture/{one}/facts?bin=1").json()["picture"] == one
    theirs = (f"/picture/{one}?bin=1", f"/picture/{one}/facts?bin=1")
    assert {other.get(path).status_code for path in theirs} == {404}
    told = client.get("/history/pictures?section=all&bin=1").json()["pictures"]
    assert [picture["left"] for picture in told] == [30, 30]
    assert other.post("/bin/empty", json={"pictures": [one]}).json()["pictures"] == 0
    done = client.post("/bin/empty", json={"pictures": [one]}).json()
    assert done == {"pictures": 1, "bytes": size}
    assert client.get("/history/ids?section=all&bin=1").json()["pictures"] == [two]


def test_nobody_reaches_what_is_not_theirs(site: Site) -> None:
    client, other = site.visitor(), site.visitor()
    mine, foreign = site.dream(client), site.dream(other)
    both = {"pictures": [mine.tasks[0].id, foreign.tasks[0].id]}
    assert client.post("/bin", json=both).status_code == 404
    assert client.post("/bin", json={"dreams": [foreign.id, mine.id]}).status_code == 404
    assert client.delete(f"/dreams/{foreign.id}").status_code == 404
    undo = other.delete(f"/picture/{foreign.tasks[0].id}").json()["undo"]
    assert client.post("/bin/restore", json={"undo": undo}).status_code == 404
    assert client.post("/bin/restore", json=both).status_code == 404
    assert client.post("/bin/empty").json() == {"pictures": 0, "bytes": 0}
    assert (names(client), names(other)) == ([mine.id], [])
    assert other.post("/bin/restore", json={"undo": undo}).json()["pictures"] == 1


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/bin", {}),
        ("/bin", {"pictures": ["../x"]}),
        ("/bin", {"pictures": ["a" * 32] * 1001}),
        ("/bin/restore", {}),
        ("/bin/restore", {"undo": "a" * 32, "pictures": ["b" * 32]}),
    ],
)
def test_what_is_asked_amiss_is_refused_in_words(site: Site, path: str, asked: object) -> None:
    reply = site.visitor().post(path, json=asked)
    assert reply.status_code == 422 and isinstance(reply.json()["detail"], str)


def test_emptying_frees_what_the_pictures_took(site: Site) -> None:
    client = site.visitor()
    dream = site.dream(client, count=2)
    files = [site.store.picture_file(task.id, dream.visitor) for task in dream.tasks]
    size = sum(file.stat().st_size for file in files if file is not None)
    undo = client.delete(f"/dreams/{dream.id}").json()["undo"]
    assert client.post("/bin/empty").json() == {"pictures": 2, "bytes": size}
    assert not any(file is not None and file.exists() for file in files)
    assert client.post("/bin/restore", json={"undo": undo}).status_code == 404


def test_a_dream_that_is_deleted_while_it_runs_is_stopped_and_goes_on_when_it_comes_back(
    site: Site,
) -> None:
    client = site.visitor()
    site.engine.go.clear()
    job, other = site.begin(client), site.begin(client)

    def act() -> None:
        undo = client.delete(f"/dreams/{job.id}").json()["undo"]
        assert names(client) == [other.id]
        assert client.post("/bin/restore", json={"undo": undo}).status_code == 200
        site.engine.go.set()

    told = listen_to(client, go=act)
    about = [news["type"] for news in told if news.get("job") == job.id]
    assert about.index("binned") < about.index("restored") < about.index("finished")
    assert {"job": job.id, "type": "binned", "pictures": [], "whole": True} in told
    assert site.stored(job).state is JobState.FINISHED
