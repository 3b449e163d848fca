"""What the page is told of the visitor's dreams."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from sdgui.web.dream import routes
from tests.fake_engine import PATIENCE
from tests.web.conftest import Site


def listen_to(
    client: httpx.Client, path: str = "/watch", *, go: Callable[[], None] | None = None
) -> list[dict]:
    """The stream's messages, to its end; `go` is called once it has told how things stand, so that nothing is over
    before anybody listens."""
    messages: list[dict] = []
    with client.stream("GET", path, timeout=PATIENCE) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if line.startswith("data: "):
                messages.append(json.loads(line[6:]))
                if go is not None and len(messages) == 2:
                    go()
    return messages


def test_pages_of_dreams_are_newest_first_and_complete(site: Site) -> None:
    client = site.visitor()
    made = [site.dream(client, f"cat number {i}").id for i in range(5)]
    found: list[str] = []
    before = ""
    while True:
        page = client.get(f"/dreams?limit=2{before}").json()
        found += [dream["id"] for dream in page["dreams"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert found == made[::-1]


def test_a_page_is_old_by_what_is_its_visitors_alone(site: Site) -> None:
    """Else each dream of a guest had all idle pages ask anew, and told every guest that others are there."""
    client, other = site.visitor(), site.visitor()
    mine, [theirs] = site.dream(client), site.dream(other).tasks
    [one] = mine.tasks
    said = [client.get("/revision").json()]

    def is_other() -> bool:
        said.append(client.get("/revision").json())
        return said[-1] not in said[:-1]

    site.dream(other, "a fox", count=2)
    other.put("/history/ratings", json={"pictures": [theirs.id], "rating": 3})
    other.delete(f"/picture/{theirs.id}")
    assert client.get("/revision").json() == said[0]
    answers = client.get("/history/sections").json(), client.get("/history/pictures?section=all")
    assert [said[0]["revision"]] * 2 == [answers[0]["revision"], answers[1].json()["revision"]]
    chosen = {"pictures": [one.id]}
    for act in (
        lambda: client.put("/history/marks", json={**chosen, "mark": "kept"}),
        lambda: client.put("/history/ratings", json={**chosen, "rating": 3}),
        lambda: client.put(f"/picture/{one.id}/mark", json={"mark": ""}),
        lambda: client.delete(f"/picture/{one.id}"),
        lambda: client.post("/bin/restore", json=chosen),
        lambda: client.post("/bin", json={"dreams": [mine.id]}),
        lambda: client.post("/bin/empty"),
        lambda: site.dream(client, "a boat"),
    ):
        act()
        assert is_other()


def test_a_dream_is_told_with_all_its_settings(site: Site) -> None:
    client = site.visitor()
    site.dream(
        client, "a boat", negative_prompt="fog", seed=2**32 - 1, count=2, steps=3, guidance=2.5
    )
    [dream] = client.get("/dreams").json()["dreams"]
    assert dream["prompt"] == "a boat" and dream["negative_prompt"] == "fog"
    assert (dream["steps"], dream["guidance"], dream["state"]) == (3, 2.5, "finished")
    assert [tile["seed"] for tile in dream["tiles"]] == [2**32 - 1, 0]
    assert {tile["state"] for tile in dream["tiles"]} == {"done"}


def test_what_a_visitor_wrote_comes_back_as_json_text(site: Site) -> None:
    client = site.visitor()
    prompt = "</script><script>alert(1)</script>\n\ndata: شعر 🐈"
    site.begin(client, prompt)
    assert client.get("/dreams").json()["dreams"][0]["prompt"] == prompt
    assert client.get("/dreams").headers["x-content-type-options"] == "nosniff"


def test_the_stream_replays_how_things_stand_and_ends_with_the_last_dream(site: Site) -> None:
    client = site.visitor()
    site.engine.go.clear()
    first, second = site.begin(client, "one", count=2), site.begin(client, "two")
    assert site.engine.began.acquire(timeout=PATIENCE)
    news = listen_to(client, go=site.engine.go.set)
    assert news[0] == {"type": "attached", "active": [first.id, second.id]}
    assert news[-1] == {"type": "idle"}
    for job, count in ((first, 2), (second, 1)):
        kinds = [event["type"] for event in news if event.get("job") == job.id]
        assert kinds.count("picture") == count and kinds[-1] == "finished"


def test_a_stream_with_nothing_to_tell_ends_at_once(site: Site) -> None:
    assert listen_to(site.visitor()) == [{"type": "attached", "active": []}, {"type": "idle"}]


def test_a_dream_that_begins_while_the_stream_is_open_is_told_too(site: Site) -> None:
    client, other = site.visitor(), None
    site.engine.go.clear()
    first = site.begin(client, "one")
    second = None
    told = set()
    with client.stream("GET", "/watch", timeout=PATIENCE) as stream:
        for line in stream.iter_lines():
            if not line.startswith("data: "):
                continue
            if second is None:
                second = site.begin(client, "two")
                site.engine.go.set()
            news = json.loads(line[6:])
            if news["type"] == "finished":
                told.add(news["job"])
    assert other is None and second is not None
    assert told == {first.id, second.id}


def test_stop_ends_a_dream_and_the_stream_says_so(site: Site) -> None:
    client = site.visitor()
    site.engine.go.clear()
    job = site.begin(client)
    with client.stream("GET", "/watch", timeout=PATIENCE) as stream:
        lines = stream.iter_lines()
        next(lines)
        assert client.post("/cancel").json() == {"cancelled": 1}
        told = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    assert {"job": job.id, "type": "cancelled"} in told
    assert client.get(f"/dreams/{job.id}").json()["state"] == "cancelled"


def test_a_dream_stopped_before_its_first_picture_stays_until_it_is_removed(site: Site) -> None:
    client = site.visitor()
    site.engine.go.clear()
    job = site.begin(client)
    client.post(f"/jobs/{job.id}/cancel")
    site.wait(job)
    (shown,) = client.get("/dreams").json()["dreams"]
    assert (shown["state"], shown["prompt"]) == ("cancelled", "a cat")
    assert site.visitor().delete(f"/dreams/{job.id}").status_code == 404
    assert client.delete(f"/dreams/{job.id}").json()["pictures"] == 0
    assert client.get("/dreams").json()["dreams"] == []
    assert client.delete(f"/dreams/{job.id}").status_code == 404


def test_tokens_are_counted(site: Site) -> None:
    told = site.visitor().get("/tokens?prompt=a red boat").json()
    assert told == {"tokens": 3, "chunks": 1, "room": 75, "emphasis": True}


def test_what_weighs_how_much_is_told(site: Site) -> None:
    asked = {"prompt": "(<b>:1.4) BREAK a (boat:99) <lora:ink:2>", "emphasis": "true"}
    told = site.visitor().get("/tokens", params=asked).json()
    assert told == {
        "tokens": 4,
        "chunks": 2,
        "room": 75,
        "emphasis": True,
        "most_chunks": 32,
        "weights": [["<b>", 1.4], ["boat", 10.0]],
        "most": 10.0,
        "loras": ["ink"],
        "fault": "There is no LoRA called “ink” here.",
    }


def test_the_tags_of_loras_are_no_words_to_a_model_that_cannot_weigh(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    models: Any = site.studio.models
    monkeypatch.setattr(models, "info", replace(models.info, emphasis=False))
    asked = {"prompt": "a (red) boat <lora:ink wash:1>", "emphasis": "true"}
    told = site.visitor().get("/tokens", params=asked).json()
    assert (told["tokens"], told["fault"]) == (3, "There is no LoRA called “ink wash” here.")
    plain = site.visitor().get("/tokens", params={**asked, "emphasis": "false"}).json()
    assert (plain["tokens"], "fault" in plain) == (5, False)


def test_the_models_state_is_told(site: Site) -> None:
    assert site.visitor().get("/status").json()["state"] == "ready"


@pytest.mark.parametrize("query", ["limit=0", "limit=9999", "before=..%2F", "limit=x"])
def test_odd_pages_are_turned_away(site: Site, query: str) -> None:
    assert site.visitor().get(f"/dreams?{query}").status_code == 422


def test_large_dreams_fill_a_page_by_themselves(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PAGE_PICTURES", 5)
    client = site.visitor()
    dreams = [site.dream(client, count=count).id for count in (1, 2, 4, 2, 1)][::-1]
    pages, before = [], ""
    while before is not None:
        page = client.get(f"/dreams?limit=12{before and f'&before={before}'}").json()
        pages.append([dream["id"] for dream in page["dreams"]])
        before = page["next"]
    assert pages == [dreams[:3], dreams[3:]]
