"""History over HTTP: sections, stretches, what to choose by, marks, ratings, ZIP and walls; each only for its owner."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Scope

from sdgui.comparing.picture_zip import stream_zip
from sdgui.records import Judgement
from sdgui.web.history import routes
from tests.people import who
from tests.web.conftest import BROWSER, Site, visitor_in

JANUARY = 1_704_063_600.0
"""2023-12-31 23:00 UTC, which is the first of January 2024 in Berlin."""


def stored_at(site: Site, *moments: float) -> Callable[[str], None]:
    """Says when pictures were stored."""

    def say(job: str) -> None:
        with site.store._database._writing() as connection:
            for index, moment in enumerate(moments):
                connection.execute(
                    "UPDATE tasks SET created = ? WHERE job = ? AND position = ?",
                    (moment, job, index),
                )

    return say


def ids(client: httpx.Client, **search: Any) -> list[str]:
    reply = client.get("/history/ids", params={"section": "all", **search})
    assert reply.status_code == 200, reply.text
    found: list[str] = reply.json()["pictures"]
    return found


def test_sections_are_days_of_the_browsers_zone(site: Site) -> None:
    client = site.visitor()
    job = site.dream(client, count=4)
    moments = (JANUARY - 1, JANUARY, JANUARY + 3600, JANUARY + 86_400 * 200)
    stored_at(site, *moments)(job.id)
    names = [task.id for task in job.tasks]
    told = client.get("/history/sections", params={"tz": "Europe/Berlin"}).json()
    assert told["total"] == 4
    assert [(one["key"], one["count"]) for one in told["sections"]] == [
        ("2024-07-19", 1),
        ("2024-01-01", 2),
        ("2023-12-31", 1),
    ]
    utc = client.get("/history/sections", params={"sort": "oldest"}).json()["sections"]
    assert [(one["key"], one["count"]) for one in utc][:2] == [("2023-12-31", 2), ("2024-01-01", 1)]
    berlin = {"tz": "Europe/Berlin", "section": "2024-01-01"}
    part = client.get("/history/pictures", params={**berlin, "offset": 1, "limit": 9}).json()
    assert [one["id"] for one in part["pictures"]] == [names[1]]
    assert ids(client, **berlin) == [names[2], names[1]]
    assert ids(client, **{"from": "2024-01-01", "to": "2024-01-01"}) == [names[2]]
    assert (
        client.get("/history/facets", params={"tz": "Europe/Berlin"}).json()["first"]
        == "2023-12-31"
    )


def test_the_search_finds_by_words_size_mark_and_rating(site: Site) -> None:
    client = site.visitor()
    boat = site.dream(client, "a red boat", count=2).tasks
    fox = site.dream(client, "a fox", width=128, seed=7).tasks
    assert ids(client, q="boa") == [boat[1].id, boat[0].id]
    assert ids(client, size="128x64") == [fox[0].id]
    assert ids(client, q="boat", size="128x64") == ids(client, q="?!") == []
    assert ids(client, lora="ink") == []
    assert ids(client, q=str(fox[0].spec.seed)) == [fox[0].id] == ids(client, q=" 7 ")
    assert ids(client, q=f"{2**32}") == ids(client, q="7", kept="1") == []
    kept = {"pictures": [boat[0].id, fox[0].id], "mark": "kept"}
    assert client.put("/history/marks", json=kept).status_code == 200
    for picture, rating in ((boat[0].id, 3), (fox[0].id, 5)):
        asked = {"pictures": [picture], "rating": rating}
        assert client.put("/history/ratings", json=asked).status_code == 200
    assert ids(client, kept="1", rating="4") == [fox[0].id]
    assert ids(client, sort="rating") == [fox[0].id, boat[0].id, boat[1].id]
    told = client.get("/history/sections?sort=rating").json()
    assert told["sections"] == [{"key": "all", "count": 3}]
    shown = client.get("/history/pictures?section=all&sort=rating&limit=1").json()["pictures"]
    facts = {"id": fox[0].id, "rating": 5, "mark": "kept", "prompt": "a fox", "width": 128}
    assert shown[0].items() >= facts.items()
    facets = client.get("/history/facets").json()
    assert (facets["kept"], facets["rated"], facets["bin"], facets["bin_days"]) == (2, 2, 0, 30)
    sizes = [("64x64", 2), ("128x64", 1)]
    assert [(one["value"], one["count"]) for one in facets["sizes"]] == sizes
    title = site.studio.models.look("demo").title
    assert facets["models"] == [{"value": "demo", "title": title, "count": 3}]
    no = client.put("/history/marks", json={"pictures": [boat[0].id], "mark": "rejected"})
    assert no.json() == {"former": {"kept": [boat[0].id]}}
    assert (ids(client, kept="1"), ids(client, rejected="1")) == ([fox[0].id], [boat[0].id])
    assert client.get("/history/facets").json()["rejected"] == 1
    assert client.get("/history/sections?kept=1&rejected=1").status_code == 422
    several = {"pictures": [*map(str, (one.id for one in (*boat, *fox)))]}
    reply = client.put("/history/ratings", json={**several, "rating": 3})
    assert reply.json() == {"former": {"0": [boat[1].id], "5": [fox[0].id]}}
    reply = client.put("/history/marks", json={**several, "mark": ""})
    assert reply.json() == {"former": {"rejected": [boat[0].id], "kept": [fox[0].id]}}
    assert ids(client, kept="1") == []


def test_the_bin_is_searched_by_itself(site: Site) -> None:
    client = site.visitor()
    job = site.dream(client, "a red boat", count=2)
    gone, left = (task.id for task in job.tasks)
    client.put("/history/ratings", json={"pictures": [gone], "rating": 4})
    before = client.get("/history/sections").json()
    client.delete(f"/picture/{gone}")
    assert (ids(client), ids(client, bin="1", q="boat")) == ([left], [gone])
    facets = client.get("/history/facets").json()
    assert facets["bin"] == 1 and facets["bin_bytes"] > 0 and facets["rated"] == 0
    client.post("/bin/restore", json={"pictures": [gone]})
    after = client.get("/history/sections").json()
    assert after["revision"] != before["revision"]
    assert after["sections"] == before["sections"] and ids(client, rating="4") == [gone]


@pytest.mark.parametrize("how", ["hide", "delete", "bin", "block", "sign out"])
def test_what_is_not_to_be_had_any_more_while_a_zip_is_under_way_is_not_in_it(
    open_anew: Site, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    owner = open_anew.owner()
    client = owner if how == "sign out" else open_anew.visitor()
    job = open_anew.dream(client, "a cat", seed=5, count=3)
    pictures = [task.id for task in job.tasks]

    def files_of(files: Iterable[tuple[str, Path]]) -> Iterator[tuple[str, Path]]:
        for name, file in files:
            yield name, file
            match how:
                case "hide" | "delete":
                    open_anew.studio.judge(pictures[1:2], Judgement(how))
                case "bin":
                    open_anew.studio.bin(who(job.visitor), pictures=pictures[1:2])
                case "block":
                    deed = {"do": "block"}
                    owner.post(f"/share/people/{job.visitor}", json=deed).raise_for_status()
                case _:
                    open_anew.owner().post("/me/sign-out").raise_for_status()  # another device
                    thief = open_anew.client(headers=BROWSER, cookies=owner.cookies)
                    thief.post("/me/sign-out")

    monkeypatch.setattr(routes, "stream_zip", lambda files: stream_zip(files_of(files)))
    asked = client.post("/history/zip", json={"pictures": pictures}).json()
    with zipfile.ZipFile(io.BytesIO(client.get(asked["zip"]).content)) as archive:
        is_over = how in ("block", "sign out")
        assert archive.namelist() == ["a-cat-5.png", *(() if is_over else ("a-cat-7.png",))]


def test_a_zip_whose_pictures_become_another_s_while_it_is_under_way_is_whole(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, other = site.visitor(), site.visitor()
    job = site.dream(client, "a cat", seed=5, count=3)
    pictures, into = [task.id for task in job.tasks], visitor_in(other.cookies)
    looks = 0

    def is_over(scope: Scope) -> bool:
        nonlocal looks
        looks += 1
        if looks == 2:  # it is stored by now, and nobody was told yet
            site.store.adopt(job.visitor, into)
        if looks == 3:
            site.studio.adopt(job.visitor, who(into))
        return False

    asked = client.post("/history/zip", json={"pictures": pictures}).json()["zip"]
    monkeypatch.setattr(site.gate, "is_over", is_over)
    with zipfile.ZipFile(io.BytesIO(client.get(asked).content)) as archive:
        assert archive.namelist() == ["a-cat-5.png", "a-cat-7.png", "a-cat-6.png"]
    assert (client.get(asked).status_code, other.get(asked).status_code) == (404, 200)


def test_pictures_go_into_a_zip_and_onto_a_wall(site: Site) -> None:
    client = site.visitor()
    first, second = site.dream(client, "a cat", seed=5), site.dream(client, "a fox", seed=5)
    chosen = {"pictures": [second.tasks[0].id, first.tasks[0].id]}
    asked = client.post("/history/zip", json=chosen).json()
    reply = client.get(asked["zip"])
    assert asked["name"] in reply.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.namelist() == ["a-fox-5.png", "a-cat-5.png"]
        kept = site.store.picture_file(first.tasks[0].id, first.visitor)
        assert kept is not None and archive.read("a-cat-5.png") == kept.read_bytes()
    wall = client.post("/history/wall", json=chosen).json()["dream"]
    assert wall["sheet"]["kind"] == "wall"
    assert [tile["picture"] for tile in wall["tiles"]] == chosen["pictures"]
    assert (wall["prompt"], wall["tiles"][1]["own"]) == ("a fox", {"prompt": "a cat"})
    assert (wall["gathered"], wall["title"]) == (True, "2 pictures")
    assert [tile["label"] for tile in wall["tiles"]] == [["“a fox”"], ["“a cat”"]]


def test_what_tells_the_pictures_of_a_wall_apart_is_told_with_each(site: Site) -> None:
    client = site.visitor()
    few, many = (site.dream(client, "a cat", seed=5, steps=steps).tasks[0].id for steps in (2, 4))
    seeds = [task.id for task in site.dream(client, "a cat", seed=5, count=2).tasks]

    def labels(*pictures: str) -> list[list[str] | None]:
        told = client.post("/history/wall", json={"pictures": pictures}).json()["dream"]
        assert told["title"] == "a cat"
        return [tile.get("label") for tile in told["tiles"]]

    assert labels(few, many) == [["2 steps"], ["4 steps"]]
    assert labels(*seeds) == [None, None]


def test_a_prompt_that_is_cut_says_so(site: Site) -> None:
    client = site.visitor()
    site.dream(client, "a boat at sea " * 20)
    site.dream(client, "x" * 200)
    found = client.get("/history/pictures?section=all").json()["pictures"]
    assert found[0]["prompt"] == "x" * 200
    assert found[1]["prompt"].endswith("a b…") and len(found[1]["prompt"]) <= 200


def test_a_wall_of_stored_pictures_is_a_sheet_like_others(site: Site) -> None:
    client, other = site.visitor(), site.visitor()
    cat, fox = (site.dream(client, prompt).tasks[0].id for prompt in ("a cat", "a fox"))
    chosen = {"pictures": [cat, fox]}
    wall = client.post("/history/wall", json=chosen).json()["dream"]["id"]
    assert client.post("/history/wall", json={"pictures": [fox, cat]}).json()["dream"]["id"] == wall

    def pictures() -> list[list[str]]:
        sheets = client.get("/sheets").json()["dreams"]
        return [[tile["picture"] for tile in sheet["tiles"]] for sheet in sheets]

    assert pictures() == [[cat, fox]]
    assert wall not in [one["id"] for one in client.get("/dreams").json()["dreams"]]
    for kind in ("png", "zip", "html"):
        assert client.get(f"/jobs/{wall}/sheet.{kind}").status_code == 200
        assert other.get(f"/jobs/{wall}/sheet.{kind}").status_code == 404
    client.put(f"/picture/{cat}/mark", json={"mark": "kept"})
    kept = zipfile.ZipFile(io.BytesIO(client.get(f"/jobs/{wall}/sheet.zip?kept=true").content))
    assert len(kept.namelist()) == 2
    reuse = {"job": wall, "index": 1, "seed": True}
    assert client.post("/reuse", json=reuse).json()["values"]["prompt"] == "a fox"
    assert client.post(f"/jobs/{wall}/continue").json() == {"continued": False}

    removed = client.post("/bin", json={"dreams": [wall]}).json()
    assert removed["pictures"] == 0 and pictures() == [] and ids(client) == [fox, cat]
    assert client.get(f"/jobs/{wall}/sheet.png").status_code == 404
    back = client.post("/bin/restore", json={"undo": removed["undo"]}).json()
    assert back == {"pictures": 0, "dreams": [wall]} and pictures() == [[cat, fox]]
    client.delete(f"/picture/{cat}")
    assert pictures() == [[fox]] and ids(client) == [fox]
    back = client.post("/bin/restore", json={"pictures": [cat]}).json()
    assert wall in back["dreams"] and back["pictures"] == 1 and pictures() == [[cat, fox]]


def test_a_zip_may_hold_as_many_as_can_be_selected_and_is_for_who_asked(site: Site) -> None:
    client, other = site.visitor(), site.visitor()
    mine = site.dream(client).tasks[0].id
    asked = client.post("/history/zip", json={"pictures": [mine] * 10_000}).json()
    with zipfile.ZipFile(io.BytesIO(client.get(asked["zip"]).content)) as archive:
        assert len(archive.namelist()) == 1
    for stranger, address in ((other, asked["zip"]), (client, f"/history/zip/a/{asked['name']}")):
        refused = stranger.get(address)
        assert refused.status_code == 404 and "too long ago" in refused.json()["detail"]
    too_many = client.post("/history/zip", json={"pictures": [mine] * 10_001})
    assert too_many.status_code == 422


def test_nobody_reaches_what_is_not_theirs(site: Site) -> None:
    client, other = site.visitor(), site.visitor()
    mine, foreign = site.dream(client).tasks[0].id, site.dream(other).tasks[0].id
    both = {"pictures": [mine, foreign]}
    assert client.put("/history/marks", json={**both, "mark": "kept"}).status_code == 404
    assert client.put("/history/ratings", json={**both, "rating": 5}).status_code == 404
    assert client.post("/history/zip", json=both).status_code == 404
    assert client.post("/history/wall", json=both).status_code == 404
    for one, own in ((client, mine), (other, foreign)):
        assert ids(one) == [own]
        assert ids(one, kept="1") == ids(one, rating="1") == []


@pytest.mark.parametrize(
    "path",
    [
        "/history/sections?rating=6",
        "/history/sections?size=5",
        "/history/sections?from=yesterday",
        "/history/sections?sort=best",
        "/history/sections?other=1",
        "/history/pictures?section=x",
        "/history/pictures?section=all&limit=201",
        "/history/pictures?section=all&offset=-1",
        "/history/ids",
    ],
)
def test_what_is_asked_amiss_is_refused_in_words(site: Site, path: str) -> None:
    reply = site.visitor().get(path)
    assert reply.status_code == 422 and isinstance(reply.json()["detail"], str)
