"""What a page sends again because it heard no answer is begun once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.people import who
from tests.web.conftest import BROWSER, COMPARE, Site, open_site, visitor_in

KEY = "0b7c5a0e-1f2d-4c3b-8a9f-112233445566"


def values(**other: Any) -> dict[str, Any]:
    first = {"prompt": "a cat", "negative_prompt": "", "aspect": "1:1", "count": 1, "steps": 2}
    rest = {"guidance": 4, "seed": "", "sampler": "Euler", "model": "demo", "emphasis": True}
    return {**first, **rest, **other}


def test_what_comes_again_under_its_key_is_begun_once(site: Site) -> None:
    ann, bob = site.visitor(headers=BROWSER), site.visitor(headers=BROWSER)
    asked = {"values": values(), "key": KEY}
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: ann.post("/dreams", json=asked).json(), range(4)))
    assert len({one["job"] for one in told}) == 1
    assert len(ann.get("/dreams").json()["dreams"]) == 1
    assert bob.post("/dreams", json=asked).json()["job"] != told[0]["job"]
    assert ann.post("/dreams", json={"values": values()}).json()["job"] != told[0]["job"]


def test_what_comes_again_from_who_is_another_by_then_is_begun_once(site: Site) -> None:
    ann, owner = site.visitor(headers=BROWSER), site.visitor(headers=BROWSER)
    wall = {name: getattr(COMPARE, name) for name in COMPARE.__dataclass_fields__}
    asked = {"values": values(), "key": KEY}
    sheet = {"values": values(**wall), "key": KEY}
    routes = (("/dreams", asked), ("/sheets", sheet))
    began = [ann.post(path, json=one).json()["job"] for path, one in routes]
    site.studio.adopt(visitor_in(ann.cookies), who(visitor_in(owner.cookies)))
    assert [owner.post(path, json=one).json()["job"] for path, one in routes] == began


def test_what_was_begun_before_a_restart_is_not_begun_again(tmp_path: Path) -> None:
    wall = {name: getattr(COMPARE, name) for name in COMPARE.__dataclass_fields__}
    dream = {"values": values(lock=True), "key": KEY}
    sheet = {"values": values(**wall), "key": KEY[::-1]}
    with open_site(tmp_path) as site:
        ann = site.visitor(headers=BROWSER)
        began = [ann.post("/dreams", json=dream).json(), ann.post("/sheets", json=sheet).json()]
        binned = ann.post("/bin", json={"dreams": [began[1]["job"]]}).json()
    with open_site(tmp_path) as site:
        again = site.client(headers=BROWSER, cookies=ann.cookies)
        assert again.post("/dreams", json=dream).json() == began[0]
        assert began[0]["values"]["seed"] != ""
        assert again.post("/sheets", json=sheet).json() == began[1]
        assert len(again.get("/dreams").json()["dreams"]) == 1
        again.post("/bin/restore", json={"undo": binned["undo"]})
        assert len(again.get("/dreams").json()["dreams"]) == 2


def test_what_was_refused_can_be_asked_for_again(site: Site) -> None:
    ann = site.visitor(headers=BROWSER)
    refused = ann.post("/dreams", json={"values": values(steps=500), "key": KEY}).json()
    assert "error" in refused
    assert "job" in ann.post("/dreams", json={"values": values(), "key": KEY}).json()
