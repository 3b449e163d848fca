"""Secrets: the owner's token, passwords, invitations, cookies. None is in the log, in an answer, or in a file."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from sdgui.web.doors.cookies import token_of
from tests.web.conftest import BROWSER, Site, open_site, visitor_in
from tests.web.doors.belongings import belongings_of, stands_for
from tests.web.doors.every_route import EVERYBODYS, MAKERS, OWNERS, STRANGERS, ask, filled

PASSWORD = "öpen: sesame"
HUB = "hf_a-token-of-the-hub"
_OF_THE_CLIENT = ("httpx", "httpcore", "hpack")


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Where names and passwords are asked."""
    with open_site(tmp_path_factory.mktemp("secrets"), ("ann", PASSWORD)) as site:
        yield site


@pytest.fixture(scope="module")
def owner(named: Site) -> httpx.Client:
    return named.owner()


def secrets_of(site: Site, *clients: httpx.Client) -> list[str]:
    """What nobody is to read: of the server, and of these browsers."""
    keys, folder = site.gate.keys, Path(site.store._folder.path)
    files = [path.read_bytes().hex() for path in folder.glob(".*secret*")]
    assert files
    cookies = [value for client in clients for value in client.cookies.values()]
    tokens = [token_of(value) for value in cookies if not value.startswith("owner.")]
    return [keys.token, PASSWORD, "sesame", HUB, site.gate.proof, *files, *cookies, *tokens]


def told_by(records: list[logging.LogRecord]) -> str:
    plain = logging.Formatter()
    return "\n".join(
        plain.format(one) for one in records if not one.name.startswith(_OF_THE_CLIENT)
    )


def come_and_go(site: Site, owner: httpx.Client) -> list[str]:
    """All ways in, right and wrong; the secrets that were used."""
    token = site.gate.keys.token
    ann = site.client(auth=httpx.BasicAuth("ann", PASSWORD))
    made = owner.post("/share/invitations", json={"note": "x"}).json()
    invited = made["link"].partition("?i=")[2]
    owner.put("/models/token", json={"token": HUB})
    for client, path in (
        (ann, "/me"),
        (owner, f"/?token={token}"),
        (site.client(headers=BROWSER), f"/?i={invited}"),
        (site.client(headers=BROWSER), f"/?i={invited}x"),
        (site.client(headers=BROWSER), f"/nothing?token={token}"),
        (site.client(auth=httpx.BasicAuth("ann", f"{PASSWORD}x")), "/"),
        (site.client(headers={"authorization": f"Bearer {token}"}), "/share"),
        (site.client(headers={"authorization": f"Bearer {token}x"}), "/share"),
    ):
        client.get(path)
    owner.delete(f"/share/invitations/{made['id']}")
    return [*secrets_of(site, owner, ann), invited]


def test_the_log_tells_none_of_them_whatever_its_level(
    named: Site,
    owner: httpx.Client,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with caplog.at_level(logging.DEBUG):
        used = come_and_go(named, owner)

        def fail(*_: object, **__: object) -> Any:
            raise RuntimeError("a fault of ours")

        with monkeypatch.context() as broken:
            broken.setattr(named.studio, "status", fail)
            token = named.gate.keys.token
            sent = {"authorization": f"Bearer {token}"}
            assert named.client(headers=sent).get(f"/status?token={token}").status_code == 500
    said = told_by(caplog.records)
    assert "a request failed: GET /status" in said
    assert [one for one in used if one in said] == []


def test_the_server_s_own_list_of_requests_would_tell_a_link_s_token(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is switched off."""
    make = uvicorn.Config.__init__

    def with_the_list(self: uvicorn.Config, *given: Any, **how: Any) -> None:
        assert how.pop("access_log") is False
        make(self, *given, **how | {"access_log": True, "log_level": "debug"})

    monkeypatch.setattr(uvicorn.Config, "__init__", with_the_list)
    with caplog.at_level(logging.DEBUG), open_site(tmp_path, share=True) as site:
        token = site.gate.keys.token
        site.client().get(f"/?token={token}")
    assert token in told_by(caplog.records)


def test_no_answer_tells_any_of_them_and_no_picture_says_whose_it_is(
    named: Site, owner: httpx.Client
) -> None:
    with belongings_of(named, owner) as theirs:
        stands = stands_for(theirs)
        used = come_and_go(named, owner)
        used.append(visitor_in(owner.cookies))
        rows = {path: way.query for (method, path), way in MAKERS.items() if method == "GET"}
        rows |= {path: way.query for (method, path), way in EVERYBODYS.items() if method == "GET"}
        rows |= {path: way.query for path, way in STRANGERS.items()}
        rows |= {path: "" for method, path in OWNERS if method == "GET"}
        rows |= {"/": "", "/config": "", "/gradio_api/info": "", "/sdgui/main.js": ""}
        for path, query in rows.items():
            reply = ask(owner, "GET", filled(path + query, stands))
            given = reply.text + " ".join(
                value for name, value in reply.headers.items() if name != "set-cookie"
            )
            assert [one for one in used if one in given] == [], path
        assert (
            "people" in owner.get("/share").json()
        )  # which tells guests' ids, and not the owner's


def test_a_token_leaves_the_address_and_goes_into_no_other(
    named: Site, owner: httpx.Client
) -> None:
    token = named.gate.keys.token
    reply = named.client(headers=BROWSER).get(f"/?token={token}&prompt=a+cat&token={token}")
    assert (reply.status_code, reply.headers["location"]) == (303, "./?prompt=a+cat")
    assert reply.headers["referrer-policy"] == "same-origin"
    assert reply.headers["cache-control"] == "no-store"
    assert token not in reply.text
    page = owner.get(f"/?token={token}")
    assert page.history[0].status_code == 303 and "token" not in str(page.url)
    refused = named.client(headers=BROWSER).get(f"/?token={token[:-1]}A")
    assert refused.status_code == 403 and token[:-1] not in refused.text
