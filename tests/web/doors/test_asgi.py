"""How much one request may hold."""

from collections.abc import Iterator

from tests.web.conftest import Site

TOO_MUCH = 2**20 + 1


def test_a_body_that_is_too_large_is_refused_unread(site: Site) -> None:
    reply = site.visitor().post("/gradio_api/queue/join", content=b"x" * TOO_MUCH)
    assert reply.status_code == 413
    assert reply.text == "That is more than this server takes in one request."


def test_a_body_that_grows_too_large_unannounced_is_cut_off(site: Site) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 2**16

    reply = site.visitor().post("/gradio_api/queue/join", content=pieces())
    assert reply.status_code >= 400


def test_a_long_prompt_is_not_too_large(site: Site) -> None:
    reply = site.visitor().post("/cancel", content=b"x" * 100_000)
    assert reply.status_code == 200
