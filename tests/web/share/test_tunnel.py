"""The public link, or why there is none."""

import pytest
from gradio import networking

from sdgui.settings import Settings
from sdgui.web.share.tunnel import no_link, open_share
from tests.web.conftest import Site

SETTINGS = Settings(share=True, auth=("a", "b"))


def test_without_the_tunnel_it_says_so_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: object) -> str:
        raise RuntimeError("Could not get share link from Gradio API Server.")

    monkeypatch.setattr(networking, "setup_tunnel", fails)
    assert open_share(SETTINGS, 7860) == (None, no_link("127.0.0.1"))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_without_a_link_a_server_on_loopback_goes_on_for_this_machine(host: str) -> None:
    assert no_link(host).endswith("sdgui goes on for this machine only.")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2"])
def test_without_a_link_a_server_on_the_network_goes_on_there(host: str) -> None:
    assert no_link(host).endswith(f"who can reach this machine, as --host {host} says.")


def test_a_link_that_leads_here_is_told(
    monkeypatch: pytest.MonkeyPatch, guarded_site: Site
) -> None:
    monkeypatch.setattr(networking, "setup_tunnel", lambda **_: guarded_site.url)
    link, sentence = open_share(SETTINGS, 7860)
    assert link == guarded_site.url and guarded_site.url in sentence


def test_a_link_that_asks_for_no_password_is_not_told(
    monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    monkeypatch.setattr(networking, "setup_tunnel", lambda **_: site.url)
    assert open_share(SETTINGS, 7860) == (None, no_link("127.0.0.1"))
