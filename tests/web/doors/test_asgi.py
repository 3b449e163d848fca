"""How much one request may hold."""

from collections.abc import Iterator

import pytest

from tests.web.conftest import Site

TOO_MUCH = 2**20 + 1


def test_a_body_that_is_too_large_is_refused_unread(site: Site) -> None:
    reply = site.visitor().post("/gradio_api/queue/join", content=b"x" * TOO_MUCH)
    assert reply.status_code == 413
    assert reply.text == "That is more than this server takes in one request."


@pytest.mark.parametrize("path", ["/dreams", "/gradio_api/queue/join", "/gradio_api/call/v2/dream"])
def test_a_body_that_grows_too_large_unannounced_is_refused_on_the_way(
    site: Site, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (b"x" * 2**16 for _ in range(17))

    headers = {"content-type": "application/json"}
    reply = site.visitor().post(path, content=pieces(), headers=headers)
    assert reply.status_code == 413
    assert reply.text == "That is more than this server takes in one request."
    assert caplog.text == ""


def test_a_long_prompt_is_not_too_large(site: Site) -> None:
    reply = site.visitor().post("/cancel", content=b"x" * 100_000)
    assert reply.status_code == 200
