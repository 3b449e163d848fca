"""Pages for strangers: what they show, to whom, what they hide, and that they end."""

import io
import json
import math
import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from sdgui.people import Role
from sdgui.records import JobRecord
from sdgui.spec import DreamRequest
from sdgui.storage.pictures import read_spec
from sdgui.storage.secret import server_secret
from sdgui.web.doors.visitors import visitor_named
from tests.people import who
from tests.web.conftest import BROWSER, Site, open_site

MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def share(client: httpx.Client, kind: str, *pictures: str, **asked: Any) -> str:
    """The path of a new page."""
    reply = client.post("/links", json={"kind": kind, "pictures": list(pictures), **asked})
    assert reply.status_code == 200, reply.text
    path = httpx.URL(reply.json()["address"]).path
    assert re.fullmatch(r"/d/[A-Za-z0-9_-]{22}", path)
    return path


def ids(job: JobRecord) -> list[str]:
    return [task.id for task in job.tasks]


def all_of(path: str, site: Site) -> dict[str, str]:
    """Everything that belongs to a page."""
    oembed = f"/oembed?url={site.url}{path}"
    files = {name: f"{path}/{name}" for name in ("0.png", "0.jpg", "preview.jpg")}
    return {"page": path, "oembed": oembed, **files}


def statuses(path: str, site: Site) -> set[int]:
    with site.client() as stranger:
        return {stranger.get(address).status_code for address in all_of(path, site).values()}


@pytest.fixture
def maker(site: Site) -> httpx.Client:
    return site.visitor()


def test_a_stranger_sees_the_picture_and_how_it_was_made_and_gets_no_cookie(
    site: Site, maker: httpx.Client
) -> None:
    job = site.dream(maker, "a blue castle at night", seed=2101)
    path = share(maker, "picture", *ids(job))
    with site.client(headers={**BROWSER, "sec-fetch-site": "cross-site"}) as stranger:
        found = {name: stranger.get(address) for name, address in all_of(path, site).items()}
        assert {reply.status_code for reply in found.values()} == {200}
        assert not stranger.cookies
        assert not any("set-cookie" in reply.headers for reply in found.values())
        for address in all_of(path, site).values():
            head = stranger.head(address)
            assert head.status_code == 200 and head.content == b""
    page = found["page"]
    assert "a blue castle at night" in page.text and "2101" in page.text
    with site.client() as stranger:
        assert stranger.get(f"{path}/").text == page.text
        assert "There is nothing here" in stranger.get("/d/nothing/").text
    assert page.headers["cache-control"] == "private, no-cache"
    assert "noindex" in page.headers["x-robots-tag"]
    assert f'content="{site.url}{path}/preview.jpg"' in page.text
    assert f'href="{site.url}/oembed?url=' in page.text
    own = maker.get(f"/picture/{job.tasks[0].id}").content
    assert found["0.png"].content == own and read_spec_of(own) == job.tasks[0].spec
    card = Image.open(io.BytesIO(found["preview.jpg"].content))
    assert (card.format, card.size) == ("JPEG", (1200, 630))
    told = found["oembed"].json()
    assert (told["version"], told["type"], told["url"]) == (
        "1.0",
        "photo",
        f"{site.url}{path}/0.png",
    )
    assert (told["width"], told["height"]) == (64, 64)


def read_spec_of(png: bytes) -> object:
    return read_spec(io.BytesIO(png))  # type: ignore[arg-type]


def test_what_is_known_already_is_not_sent_again(site: Site, maker: httpx.Client) -> None:
    path = share(maker, "picture", *ids(site.dream(maker)))
    with site.client() as stranger:
        for address in (path, f"{path}/0.png", f"{path}/0.jpg", f"{path}/preview.jpg"):
            tag = stranger.get(address).headers["etag"]
            again = stranger.get(address, headers={"if-none-match": f'"other", W/{tag}'})
            assert (again.status_code, again.content) == (304, b"")
            assert stranger.get(address, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("shown", [{"prompt": False}, {"settings": False}])
def test_what_is_hidden_is_nowhere(site: Site, maker: httpx.Client, shown: dict[str, bool]) -> None:
    job = site.dream(maker, "zebra xylophone", negative_prompt="quagmire", seed=987654)
    path = share(maker, "picture", *ids(job), shows=shown, by="Änn")
    hidden = ["zebra", "quagmire"] if "prompt" in shown else ["987654", "Euler"]
    own = maker.get(f"/picture/{job.tasks[0].id}").content
    assert all(word.encode() in own for word in hidden)
    with site.client() as stranger:
        replies = [stranger.get(address) for address in all_of(path, site).values()]
        replies.append(stranger.get(f"{path}/0.png?download=1"))
    for reply in replies:
        said = reply.content + json.dumps(dict(reply.headers)).encode()
        assert not [word for word in [*hidden, "Änn"] if word.encode() in said], reply.url
    png = replies[-1].content
    assert read_spec_of(png) is None and Image.open(io.BytesIO(png)).info == {}
    assert Image.open(io.BytesIO(png)).tobytes() == Image.open(io.BytesIO(own)).tobytes()


def test_dreams_walls_and_pairs_show_all_their_pictures(site: Site, maker: httpx.Client) -> None:
    wall = site.wall(maker, "a cat", 4)
    other = site.dream(maker, "a cat, in ink", seed=500, steps=2)
    pages = {
        "dream": share(maker, "dream", *ids(site.dream(maker, count=3))),
        "wall": share(maker, "wall", *ids(wall)),
        "pair": share(maker, "pair", wall.tasks[0].id, other.tasks[0].id),
    }
    with site.client() as stranger:
        texts = {kind: stranger.get(path).text for kind, path in pages.items()}
        last = stranger.get(f"{pages['wall']}/3.png")
        assert last.status_code == 200 and read_spec_of(last.content) == wall.tasks[3].spec
        assert stranger.get(f"{pages['wall']}/4.png").status_code == 404
        assert stranger.get(f"{pages['pair']}/preview.jpg").status_code == 200
    assert [texts[kind].count(".png?download=1") for kind in pages] == [3, 4, 2]
    assert 'og:image:alt" content="4 pictures: a cat"' in texts["wall"]
    assert (
        'alt="Picture 4: seed 503"' in texts["wall"]
        and "mode=wall&amp;wall_count=4" in texts["wall"]
    )
    assert "only the words differ" in texts["pair"] and "<td>in ink</td>" in texts["pair"]


def test_a_grid_lies_by_its_axes_and_is_dreamt_again_whole(site: Site, maker: httpx.Client) -> None:
    made = [
        ids(site.dream(maker, seed=7, steps=steps, guidance=cfg))[0]
        for cfg, steps in ((3.0, 2), (3.0, 4), (7.0, 2), (7.0, 4))
    ]
    page, hidden = (
        share(maker, "wall", *made, shows={"settings": settings}) for settings in (True, False)
    )
    with site.client() as stranger:
        text, less = (stranger.get(path).text for path in (page, hidden))
    assert re.findall(r'<th scope="(?:col|row)"><span>(.*?)</span>', text) == ["2", "4", "3", "7"]
    asked = (
        "mode=grid&amp;x_axis=Steps&amp;x_values=2%2C+4&amp;y_axis=Cfg+scale&amp;y_values=3%2C+7"
    )
    assert f"{asked}#compare" in text and ">Dream this again<" in text
    assert 'class="grid"' in less and "Steps" not in less and "cfg" not in less.lower()
    mixed = share(maker, "wall", *made[:2], *ids(site.dream(maker, "a dog", seed=9, steps=9)))
    with site.client() as stranger:
        text = stranger.get(mixed).text
    assert 'class="grid"' not in text and ">Dream the first again<" in text


def test_markup_in_prompt_and_name_is_text(site: Site, maker: httpx.Client) -> None:
    job = site.dream(maker, f"a cat {MARKUP}", negative_prompt=MARKUP)
    path = share(maker, "picture", *ids(job), shows={"name": True}, by=MARKUP)
    with site.client() as stranger:
        page = stranger.get(path)
        assert stranger.get(f"{path}/preview.jpg").status_code == 200
        name = stranger.get(f"{path}/0.png?download=1").headers["content-disposition"]
    assert "<script>alert" not in page.text and "<img src=x" not in page.text
    assert page.text.count("&lt;script&gt;alert(1)") >= 3
    assert page.text.count("<script") == 1
    assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.png"', name)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_a_forged_infotext_changes_nothing_of_what_is_told(site: Site, maker: httpx.Client) -> None:
    forged = "a cat\nNegative prompt: dogs\nSteps: 99, Sampler: Forged, Seed: 1, Model: evil"
    path = share(maker, "picture", *ids(site.dream(maker, forged, seed=77)))
    with site.client() as stranger:
        text = stranger.get(path).text
    table = re.sub(r"<[^>]+>", " ", text.split("<tbody>")[1].split("</tbody>")[0]).split()
    assert {"77", "demo", "4"} <= set(table) and not {"99", "Forged", "evil"} & set(table)
    again = httpx.URL(re.findall(r'class="go" href="([^"]+)"', text)[0].replace("&amp;", "&"))
    assert again.params["prompt"] == forged and again.params["seed"] == "77"


@pytest.mark.usefixtures("nobody_waits")
def test_guessed_links_never_were(site: Site) -> None:
    for guess in ("a" * 22, "short", "..%2f..", "a" * 21 + "%00"):
        assert statuses(f"/d/{guess}", site) <= {404, 422}, guess
    assert statuses("/d/" + "a" * 22, site) == {404}


@pytest.mark.parametrize("how", ["withdrawn", "expired", "deleted", "bin emptied"])
def test_what_ended_is_gone_everywhere_at_once(site: Site, maker: httpx.Client, how: str) -> None:
    job = site.dream(maker)
    path = share(maker, "picture", *ids(job), days=1)
    assert statuses(path, site) == {200}
    link = path.removeprefix("/d/")
    match how:
        case "withdrawn":
            assert site.visitor().delete(f"/links/{link}").status_code == 404
            assert statuses(path, site) == {200}
            assert maker.delete(f"/links/{link}").status_code == 204
            assert maker.get("/links").json()["links"] == []
        case "expired":
            with site.store._database._writing() as connection:
                connection.execute("UPDATE links SET expires = ? WHERE id = ?", (time.time(), link))
        case _:
            undo = maker.post("/bin", json={"pictures": ids(job)}).json()["undo"]
            if how == "deleted":
                assert statuses(path, site) == {410}
                assert maker.post("/bin/restore", json={"undo": undo}).status_code == 200
                assert statuses(path, site) == {200}
                maker.post("/bin", json={"dreams": [job.id]})
            else:
                maker.post("/bin/empty")
    assert statuses(path, site) == {410}
    with site.client() as stranger:
        said = stranger.get(path).text
        assert "This link has ended" in said and "Its time was over" in said


def test_the_pages_of_a_guest_whom_the_owner_blocks_are_gone(
    site: Site, maker: httpx.Client
) -> None:
    job = site.dream(maker)
    path = share(maker, "picture", *ids(job))
    book = site.app.state.gate.book
    book.saw(who(job.visitor, Role.GUEST))
    assert book.refuse(job.visitor, 60) and statuses(path, site) == {200}
    assert book.refuse(job.visitor, math.inf) and statuses(path, site) == {410}
    assert book.refuse(job.visitor, 0) and statuses(path, site) == {200}


def test_a_pair_ends_with_either_picture_and_a_dream_with_its_last(
    site: Site, maker: httpx.Client
) -> None:
    job = site.dream(maker, count=3)
    pair = share(maker, "pair", *ids(job)[:2])
    dream = share(maker, "dream", *ids(job))
    maker.post("/bin", json={"pictures": ids(job)[:1]})
    with site.client() as stranger:
        assert stranger.get(pair).status_code == stranger.get(f"{pair}/1.png").status_code == 410
        assert stranger.get(f"{dream}/0.png").status_code == 410
        assert stranger.get(f"{dream}/1.png").status_code == 200
        assert stranger.get(dream).text.count(".png?download=1") == 2
        maker.post("/bin", json={"dreams": [job.id]})
        assert stranger.get(dream).status_code == 410


def test_ones_links_are_told_apart_by_prompts(site: Site, maker: httpx.Client) -> None:
    job = site.dream(maker, "a red boat", count=2)
    share(maker, "dream", *ids(job))

    def prompt() -> str | None:
        told: str | None = maker.get("/links").json()["links"][0]["prompt"]
        return told

    assert prompt() == "a red boat"
    maker.post("/bin", json={"pictures": ids(job)[:1]})
    assert prompt() == "a red boat"
    maker.post("/bin", json={"dreams": [job.id]})
    assert prompt() is None


def test_links_are_made_of_ones_own_pictures_alone(site: Site, maker: httpx.Client) -> None:
    mine, foreign = ids(site.dream(maker, count=2)), ids(site.dream(site.visitor()))
    for kind, pictures, status in (
        ("picture", foreign, 404),
        ("dream", [*mine, *foreign], 404),
        ("pair", mine[:1], 422),
        ("picture", mine, 422),
        ("wall", [], 422),
        ("poster", mine, 422),
    ):
        reply = maker.post("/links", json={"kind": kind, "pictures": pictures})
        assert reply.status_code == status, reply.text
    assert maker.get("/links").json()["links"] == []


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that was told of a proxy on this machine."""
    folder = tmp_path_factory.mktemp("proxied")
    with open_site(folder, trusted_proxies=("127.0.0.1",)) as site:
        yield site


@pytest.mark.parametrize(
    ("headers", "base"),
    [
        ({"x-forwarded-proto": "https", "x-forwarded-host": "dream.example"}, "https://dream.example"),
        ({"x-forwarded-proto": "https", "x-forwarded-host": "b, a.example:8443"}, "https://a.example:8443"),
        ({"x-forwarded-proto": "javascript", "x-forwarded-host": '"><script>'}, None),
    ],
)  # fmt: skip
def test_addresses_are_absolute_behind_proxies(
    proxied: Site, headers: dict[str, str], base: str | None
) -> None:
    maker = proxied.visitor()
    path = share(maker, "picture", *ids(proxied.dream(maker)))
    with proxied.client() as stranger:
        text = stranger.get(path, headers=headers).text
    assert f'<meta property="og:url" content="{base or proxied.url}{path}">' in text
    assert "javascript:" not in text


def test_behind_a_root_path_every_address_has_it(site: Site, maker: httpx.Client) -> None:
    path = share(maker, "picture", *ids(site.dream(maker)))
    before, site.app.root_path = site.app.root_path, "/sd"
    try:
        with site.client() as stranger:
            for asked in (path, f"/sd{path}"):
                reply = stranger.get(asked)
                assert reply.status_code == 200 and not stranger.cookies
                links = re.findall(r'(?:href|src)="(/[^"]*)"', reply.text)
                assert len(links) >= 5 and all(link.startswith("/sd/") for link in links)
                assert f'content="{site.url}/sd{path}/preview.jpg"' in reply.text
            assert stranger.get(f"/sd{path}/0.png").status_code == 200
    finally:
        site.app.root_path = before


def test_the_public_link_is_given_away_where_this_machine_is_asked(
    site: Site, maker: httpx.Client
) -> None:
    picture = ids(site.dream(maker))
    asked = {"kind": "picture", "pictures": picture}
    assert maker.post("/links", json=asked).json()["reach"] == "machine"
    before, site.app.state.public_link = (
        site.app.state.public_link,
        lambda: "https://abc.gradio.live",
    )
    try:
        told = maker.post("/links", json=asked).json()
        assert told["reach"] == "anywhere" and told["address"].startswith(
            "https://abc.gradio.live/d/"
        )
    finally:
        site.app.state.public_link = before


def test_behind_a_password_the_pages_alone_are_open(guarded_site: Site) -> None:
    maker = guarded_site.visitor(auth=("ann", "öpen: sesame"))
    ann = visitor_named("ann", server_secret(guarded_site.store._folder.path))
    job = guarded_site.studio.submit(DreamRequest(prompt="a cat"), who(ann))
    guarded_site.wait(job)
    path = share(maker, "picture", *ids(job))
    assert statuses(path, guarded_site) == {200}
    with guarded_site.client() as stranger:
        for address in ("/", "/links", "/status", f"{path}/0.png/../../../links", "/d/"):
            assert stranger.get(address).status_code == 401
        assert stranger.post(path).status_code == 401


def test_the_largest_page_is_small(site: Site, maker: httpx.Client) -> None:
    long = "🦖" * 2000
    one = site.dream(maker, long, negative_prompt=long)
    other = site.dream(maker, f"{long[:-1]}&", negative_prompt=long[1:])
    wall = site.wall(maker, "&" * 2000, 64)
    pages = (
        share(maker, "pair", *ids(one), *ids(other)),
        share(maker, "wall", *ids(wall)),
    )
    with site.client() as stranger:
        assert max(len(stranger.get(path).content) for path in pages) <= 60_000


def test_oembed_keeps_to_what_is_asked(site: Site, maker: httpx.Client) -> None:
    path = share(maker, "picture", *ids(site.dream(maker)))
    with site.client() as stranger:

        def status(**asked: object) -> int:
            return stranger.get("/oembed", params=asked).status_code  # type: ignore[arg-type]

        assert (
            stranger.get("/oembed", params={"url": path, "maxwidth": 20}).json()["type"] == "link"
        )
        assert status(url=path, format="xml") == 501
        assert status(url="http://evil.example/") == status() == 404
        assert status(url=f"{path}\nx") == 404
        assert status(url=f"http://[{path}") == status(url=f"http://[x]{path}") == 404
