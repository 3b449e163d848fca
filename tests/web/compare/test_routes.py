"""What the page is told of sheets, marks and kept pictures."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sdgui.axes import AxisRequest
from sdgui.errors import UserError
from sdgui.plans import Plan, plan_grid, plan_variations
from sdgui.spec import DreamRequest, PictureSpec
from sdgui.web.compare import routes
from tests.fake_engine import PATIENCE, HoldsAfterPreview
from tests.web.conftest import Site, open_site
from tests.web.dream.test_routes import listen_to


def grid_of(site: Site, x: tuple[str, str], y: tuple[str, str] | None = None) -> Plan:
    asked = DreamRequest(prompt="a cat", seed=5, steps=2, model="demo")
    return plan_grid(
        asked,
        AxisRequest(name=x[0], values=x[1]),
        None if y is None else AxisRequest(name=y[0], values=y[1]),
        describe=site.studio.models.describe,
        draw_seed=lambda: 0,
    )


def row_of(spec: PictureSpec, source: str) -> Plan:
    return plan_variations(spec, source=source, draw_seed=lambda: 0, seed=9, strength=0.5, count=2)


def test_pages_of_sheets_hold_no_plain_dreams(site: Site) -> None:
    client = site.visitor()
    made = []
    for i in range(3):
        made.append(site.wall(client, f"wall {i}").id)
        site.dream(client, f"dream {i}")
    found: list[str] = []
    before = ""
    while True:
        page = client.get(f"/sheets?limit=2{before}").json()
        found += [dream["id"] for dream in page["dreams"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert found == made[::-1]
    assert len(client.get("/dreams").json()["dreams"]) == 6


def test_a_sheet_that_forms_is_on_the_first_page(site: Site) -> None:
    client = site.visitor()
    site.engine.go.clear()
    site.begin(client, "a plain dream")
    job = site.begin_plan(client, site.wall_plan())
    [told] = client.get("/sheets").json()["dreams"]
    assert (told["id"], told["state"]) == (job.id, "active")
    assert {tile["state"] for tile in told["tiles"]} == {"empty"}


def test_a_grid_is_told_with_its_labels_and_what_is_each_cells_own(site: Site) -> None:
    client = site.visitor()
    job = site.compare(client, grid_of(site, ("Steps", "2, 3"), ("Sampler", "Euler, DDIM")))
    told = client.get(f"/dreams/{job.id}").json()
    assert told["sheet"] == {
        "kind": "grid",
        "x": {"title": "Steps", "labels": ["2", "3"]},
        "y": {"title": "Sampler", "labels": ["Euler", "DDIM"]},
        "sources": [],
    }
    assert [tile["own"] for tile in told["tiles"]] == [
        {},
        {"steps": 3},
        {"sampler": "DDIM"},
        {"steps": 3, "sampler": "DDIM"},
    ]


def test_a_row_of_variations_is_told_with_seed_strength_and_source(site: Site) -> None:
    client = site.visitor()
    base = site.dream(client, seed=7).tasks[0]
    job = site.compare(client, row_of(base.spec, base.id))
    told = client.get(f"/dreams/{job.id}").json()
    assert told["sheet"]["sources"] == [base.id, base.id]
    assert [tile["own"] for tile in told["tiles"]] == [
        {"variation": {"seed": 9, "strength": 0.5}},
        {"variation": {"seed": 10, "strength": 0.5}},
    ]


def test_a_plain_dream_has_no_sheet(site: Site) -> None:
    client = site.visitor()
    site.dream(client)
    [told] = client.get("/dreams").json()["dreams"]
    assert told["sheet"] is None
    [tile, *_] = told["tiles"]
    assert (tile["mark"], tile["match"], tile["fault"], tile["own"]) == ("", None, "", {})


def test_a_cell_that_fails_says_why_and_the_others_go_on(site: Site) -> None:
    client = site.visitor()
    site.engine.go.clear()
    site.engine.breaks = [UserError("The picture does not fit into memory.", "Make it smaller.")]
    job = site.begin_plan(client, grid_of(site, ("Steps", "2, 3")))
    assert site.engine.began.acquire(timeout=PATIENCE)
    news = listen_to(client, go=site.engine.go.set)
    [failed] = [event for event in news if event["type"] == "picture-failed"]
    assert (failed["job"], failed["index"]) == (job.id, 0)
    assert failed["message"] == "The picture does not fit into memory."
    assert failed["hint"] == "Make it smaller."
    [done] = [event for event in news if event["type"] == "picture"]
    assert done["index"] == 1 and "match" in done
    tiles = client.get(f"/dreams/{job.id}").json()["tiles"]
    assert [tile["state"] for tile in tiles] == ["failed", "done"]
    assert tiles[0]["fault"].startswith("The picture does not fit into memory.")


def test_how_well_a_picture_fits_is_told_with_it(site: Site) -> None:
    client = site.visitor()
    site.engine.match = lambda spec: spec.seed / 1000
    site.engine.go.clear()
    job = site.begin_plan(client, site.wall_plan())
    assert site.engine.began.acquire(timeout=PATIENCE)
    heard = listen_to(client, go=site.engine.go.set)
    news = [event for event in heard if event["type"] == "picture"]
    assert sorted((event["index"], event["match"]) for event in news) == [
        (0, 0.5),
        (1, 0.501),
        (2, 0.502),
        (3, 0.503),
    ]
    tiles = client.get(f"/dreams/{job.id}").json()["tiles"]
    assert [tile["match"] for tile in tiles] == [0.5, 0.501, 0.502, 0.503]
    facts = client.get(f"/picture/{job.tasks[1].id}/facts").json()
    assert facts["match"] == 0.501


# Going on


def test_a_stopped_sheet_goes_on_where_it_stopped(site: Site) -> None:
    client = site.visitor()
    site.engine.most = 1
    job = site.begin_plan(client, site.wall_plan(count=8))
    with client.stream("GET", "/watch", timeout=PATIENCE) as stream:
        made = 0
        for line in stream.iter_lines():
            made += '"type":"picture"' in line
            if made == 4:
                break
    assert client.post(f"/jobs/{job.id}/cancel").json() == {"cancelled": True}
    site.wait(job)
    told = client.get(f"/dreams/{job.id}").json()
    assert told["state"] == "cancelled"
    assert [tile["state"] for tile in told["tiles"]] == ["done"] * 4 + ["stopped"] * 4
    before = len(site.engine.batches)
    site.engine.most = None
    site.engine.go.set()
    assert client.post(f"/jobs/{job.id}/continue").json() == {"continued": True}
    site.wait(job)
    told = client.get(f"/dreams/{job.id}").json()
    assert told["state"] == "finished"
    assert [tile["state"] for tile in told["tiles"]] == ["done"] * 8
    again = [task.spec.seed for batch in site.engine.batches[before:] for task in batch.tasks]
    assert again == [504, 505, 506, 507]


def test_a_finished_sheet_has_nothing_to_go_on_with(site: Site) -> None:
    client = site.visitor()
    job = site.wall(client)
    assert client.post(f"/jobs/{job.id}/continue").json() == {"continued": False}


def test_anothers_sheet_is_neither_seen_nor_gone_on_with(site: Site) -> None:
    client, stranger = site.visitor(), site.visitor()
    site.engine.go.clear()
    job = site.begin_plan(client, site.wall_plan())
    assert stranger.get("/sheets").json() == {"dreams": [], "next": None}
    client.post("/cancel")
    site.wait(job)
    assert stranger.post(f"/jobs/{job.id}/continue").json() == {"continued": False}
    assert client.get(f"/dreams/{job.id}").json()["state"] == "cancelled"


def test_a_sheet_that_never_was_is_not_gone_on_with(site: Site) -> None:
    reply = site.visitor().post("/jobs/nothing/continue")
    assert reply.json() == {"continued": False}


# Marks


def test_a_mark_is_kept_and_taken_away(site: Site) -> None:
    client = site.visitor()
    job = site.wall(client)
    first, second = job.tasks[0].id, job.tasks[1].id
    for picture, mark in ((first, "kept"), (second, "rejected")):
        assert client.put(f"/picture/{picture}/mark", json={"mark": mark}).status_code == 204
    marks = [tile["mark"] for tile in client.get(f"/dreams/{job.id}").json()["tiles"]]
    assert marks == ["kept", "rejected", "", ""]
    assert client.put(f"/picture/{first}/mark", json={"mark": ""}).status_code == 204
    assert client.get("/kept").json() == {"pictures": [], "more": False}


def test_of_many_kept_pictures_the_last_are_told(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "_KEPT", 2)
    client = site.visitor()
    job = site.wall(client)
    for i in (1, 0, 3):
        client.put(f"/picture/{job.tasks[i].id}/mark", json={"mark": "kept"})
    told = client.get("/kept").json()
    assert [facts["index"] for facts in told["pictures"]] == [0, 3]
    assert told["more"] is True


def test_kept_pictures_come_in_the_order_in_which_they_were_kept(site: Site) -> None:
    client = site.visitor()
    job = site.wall(client)
    for i in (2, 0):
        client.put(f"/picture/{job.tasks[i].id}/mark", json={"mark": "kept"})
    kept = client.get("/kept").json()["pictures"]
    assert [facts["seed"] for facts in kept] == [502, 500]
    facts = client.get(f"/picture/{job.tasks[2].id}/facts").json()
    file = client.get(f"/picture/{job.tasks[2].id}").content
    assert facts["parameters"] == Image.open(io.BytesIO(file)).info["parameters"]
    assert kept[0] == {name: value for name, value in facts.items() if name != "parameters"}
    assert kept[0]["rating"] == 0


@pytest.mark.parametrize(
    "body", ['{"mark": "loved"}', '{"mark": 1}', "{}", "", "{", "[]", '{"mark": "", "x": 1}']
)
def test_an_odd_mark_is_turned_away(site: Site, body: str) -> None:
    client = site.visitor()
    picture = site.wall(client).tasks[0].id
    headers = {"content-type": "application/json"}
    reply = client.put(f"/picture/{picture}/mark", content=body, headers=headers)
    assert reply.status_code == 422
    assert client.get(f"/picture/{picture}/facts").json()["mark"] == ""


def test_another_site_marks_nothing(site: Site) -> None:
    client = site.visitor()
    picture = site.wall(client).tasks[0].id
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        reply = client.put(f"/picture/{picture}/mark", json={"mark": "kept"}, headers=headers)
        assert reply.status_code == 403
    assert client.get("/kept").json() == {"pictures": [], "more": False}


def test_a_stranger_neither_marks_nor_sees_the_facts(site: Site) -> None:
    client, stranger = site.visitor(), site.visitor()
    picture = site.wall(client).tasks[0].id
    reply = stranger.put(f"/picture/{picture}/mark", json={"mark": "kept"})
    assert reply.status_code == 404
    assert stranger.get(f"/picture/{picture}/facts").status_code == 404
    assert client.get(f"/picture/{picture}/facts").json()["mark"] == ""


@pytest.mark.parametrize("picture", ["nothing", "..%2Fx", "a" * 65, "%00"])
def test_an_odd_picture_has_neither_facts_nor_marks(site: Site, picture: str) -> None:
    client = site.visitor()
    assert client.get(f"/picture/{picture}/facts").status_code in (404, 422)
    reply = client.put(f"/picture/{picture}/mark", json={"mark": "kept"})
    assert reply.status_code in (404, 422)


# Facts


def test_the_facts_are_all_that_made_a_picture(site: Site) -> None:
    client = site.visitor()
    base = site.dream(client, "a boat", seed=7, negative_prompt="fog", steps=3, guidance=2.5)
    task = site.compare(client, row_of(base.tasks[0].spec, base.tasks[0].id)).tasks[1]
    told: dict[str, Any] = client.get(f"/picture/{task.id}/facts").json()
    created, job = told.pop("created"), told.pop("job")
    assert created > 0 and job != base.id
    assert told.pop("parameters").startswith("a boat\nNegative prompt: fog\nSteps: 3, ")
    assert told == {
        "picture": task.id,
        "index": 1,
        "seed": 7,
        "prompt": "a boat",
        "negative_prompt": "fog",
        "model": "demo",
        "width": 64,
        "height": 64,
        "steps": 3,
        "guidance": 2.5,
        "sampler": "Euler",
        "emphasis": False,
        "variation": {"seed": 10, "strength": 0.5},
        "match": None,
        "mark": "",
        "rating": 0,
        "notes": {"device": "fake"},
    }


def test_a_picture_whose_file_was_taken_away_says_so(site: Site) -> None:
    client = site.visitor()
    picture = site.dream(client).tasks[0].id
    file = site.store.picture_file(picture, site.visitor_of(client))
    assert file is not None and "gone" not in client.get(f"/picture/{picture}/facts").json()
    file.unlink()
    gone = "The file of this picture is no longer in the output folder."
    assert client.get(f"/picture/{picture}/facts").json()["gone"] == gone
    assert client.get(f"/picture/{picture}").json()["detail"] == gone


def test_a_download_is_still_named_by_the_end_of_its_address(site: Site) -> None:
    client = site.visitor()
    picture = site.dream(client, "a boat", seed=7).tasks[0].id
    reply = client.get(f"/picture/{picture}/a-boat-7.png")
    assert reply.headers["content-type"] == "image/png"


@pytest.mark.parametrize("query", ["limit=0", "limit=9999", "before=..%2F", "limit=x"])
def test_odd_pages_of_sheets_are_turned_away(site: Site, query: str) -> None:
    assert site.visitor().get(f"/sheets?{query}").status_code == 422


def test_news_of_a_grid_of_400_cells_hold_what_changed_and_not_the_grid(tmp_path: Path) -> None:
    engine = HoldsAfterPreview()
    engine.holds = True
    lines: list[str] = []
    stopped = None
    with open_site(tmp_path, engine=engine) as site:
        client = site.visitor()
        job = site.begin_plan(client, grid_of(site, ("Seed", "1-20"), ("Steps", "2-21")))
        assert len(job.tasks) == 400
        with client.stream("GET", "/watch", timeout=PATIENCE) as stream:
            for line in stream.iter_lines():
                lines += [line] if line.startswith("data: ") else []
                if '"revision"' in line:  # a preview is told: on with it
                    engine.go.set()
                if stopped is None and '"type":"picture"' in line:
                    stopped = client.post("/cancel").json()
    assert stopped == {"cancelled": 1}
    news = [json.loads(line[6:]) for line in lines]
    pictures = [one["index"] for one in news if one["type"] == "picture"]
    assert pictures and len(pictures) == len(set(pictures))
    strips = [strip for one in news if one["type"] == "progress" for strip in one["live"]]
    assert all(len(strip["pictures"]) <= 4 for strip in strips)
    told = [(strip["id"], strip["revision"]) for strip in strips]
    assert told and len(told) == len(set(told))  # each preview once, not with every step of others
