"""What goes wrong is answered in one sentence, and logged once."""

import logging

import pytest
from starlette.routing import Mount

from tests.web.conftest import Site

OURS = "Something went wrong on our side; the server's log has the details."
DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("GET", "/dreams?limit=0", None, "“limit” cannot be so: input should be greater"),
        (
            "GET",
            "/dreams?limit=many",
            None,
            "“limit” cannot be so: input should be a valid integer",
        ),
        ("GET", "/dreams?before=%0a", None, "“before” is not of a form that is known here."),
        ("GET", "/tokens", None, "“prompt” is missing."),
        ("GET", "/picture/x%20y", None, "“picture” is not of a form that is known here."),
        ("GET", "/unsaved/x/-1", None, "“index” cannot be so: input should be greater"),
        ("PUT", "/picture/x/mark", b'{"mark": "liked"}', "“mark” cannot be so: input should be"),
        ("PUT", "/picture/x/mark", b"{}", "“mark” is missing."),
        ("PUT", "/picture/x/mark", b'{"mark": "", "\\n": 1}', "There is nothing called “·”"),
        ("PUT", "/picture/x/mark", b"{nonsense", "The request is not JSON that can be read."),
        ("POST", "/dreams", b"", "The request lacks what it is to say."),
        ("POST", "/dreams", b"[]", "The request lacks what it is to say."),
        ("POST", "/dreams", b"\xff", "There was an error parsing the body"),
        ("POST", "/dreams", DEEP, "There was an error parsing the body"),
        ("POST", "/sheets/vary", b"null", "The request lacks what it is to say."),
        ("GET", "/gradio_api/queue/data", None, "“session_hash” is missing."),
    ],
)
def test_what_cannot_be_understood_is_said_in_one_sentence(
    site: Site, method: str, path: str, body: bytes | None, said: str
) -> None:
    headers = {"content-type": "application/json"}
    reply = site.visitor().request(method, path, content=body, headers=headers)
    assert reply.status_code in (400, 422)
    detail = reply.json()["detail"]
    assert detail.startswith(said)
    assert "\n" not in detail and len(detail) < 200


def test_a_fault_of_ours_is_told_in_a_sentence_and_logged_once(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("/secret/path")

    client = site.visitor()
    monkeypatch.setattr(site.studio, "status", broken)
    with caplog.at_level(logging.WARNING):
        reply = client.get("/status")
    assert (reply.status_code, reply.json()) == (500, {"detail": OURS})
    assert reply.headers["x-content-type-options"] == "nosniff"
    [record] = caplog.records
    assert record.getMessage() == "a request failed: GET /status"
    assert record.exc_info is not None and "secret" in str(record.exc_info[1])


def test_a_fault_of_gradio_too(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = site.visitor()
    mount = site.app.routes[-1]
    assert isinstance(mount, Mount)
    monkeypatch.setattr(mount.app.app.app.app.get_blocks(), "config", None)  # type: ignore[attr-defined]
    with caplog.at_level(logging.WARNING):
        reply = client.get("/config")
    assert (reply.status_code, reply.json()) == (500, {"detail": OURS})
    assert [record.getMessage() for record in caplog.records] == ["a request failed: GET /config"]
