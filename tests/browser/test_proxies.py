"""The page behind a reverse proxy, below a path of its own."""

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.web.conftest import BROWSER, open_site
from tests.web.reverse_proxy import reverse_proxy

ROOT = "/art/sd"
USUAL = ("/manifest.json", "/favicon.ico")
"""What browsers ask of the top for every page."""


def test_behind_a_proxy_its_owner_dreams_watches_shares_and_invites(
    visitors: Visitors, tmp_path: Path
) -> None:
    """All that the pages really ask for stands below the path, and so does all that they give away."""
    settings = {"root_path": ROOT, "trusted_proxies": ("127.0.0.1/32",)}
    with (
        open_site(tmp_path, **settings) as site,  # type: ignore[arg-type]
        reverse_proxy(site.url, ROOT) as address,
        visitors.come() as visitor,
    ):
        asked: list[str] = []
        visitor.page.on("request", lambda request: asked.append(request.url))
        page = visitor.open(f"{address}/?token={site.gate.keys.token}")
        assert page.url.rstrip("#") == f"{address}/"
        page.locator("#prompt textarea").fill("a boat")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".tile[data-state=done] img").first).to_be_visible()
        wait_for_picture(page, ".tile img")

        page.click(".row-share")
        page.click("#links-make")
        shared = page.locator("#links-address")
        page.wait_for_function("document.querySelector('#links-address').value")
        link = shared.input_value()
        assert link.startswith(f"{address}/d/")
        with page.context.expect_page() as opened:
            page.click("#links-open")
        strangers = opened.value
        strangers.on("request", lambda request: asked.append(request.url))
        strangers.reload()
        assert strangers.url == link
        wait_for_picture(strangers, "main img")
        strangers.close()
        page.click("#links-close")

        page.click("#share-button")
        page.get_by_role("button", name="New", exact=True).click()
        page.fill("#share-note", "Ann")
        page.press("#share-note", "Enter")
        page.get_by_role("button", name="QR code: Ann").click()
        wait_for_picture(page, ".is-invitation .share-qr")
        told = page.evaluate("async () => (await fetch('share')).json()")
        with httpx.Client(trust_env=False, headers=BROWSER, follow_redirects=True) as guest:
            came = guest.get(f"{told['guests']}{told['invitations'][0]['query']}")
            assert came.url == f"{address}/"
            assert guest.get(f"{address}/me").json()["role"] == "guest"
        expect(page.get_by_test_id("guest")).to_contain_text("Ann")

        elsewhere = [one for one in asked if one.startswith("http") and f"{ROOT}/" not in one]
        assert [one for one in elsewhere if not one.endswith(USUAL)] == []
        for part in ("/watch", "/d/", "/share", "/share/qr", "/thumb/"):
            assert any(f"{ROOT}{part}" in one for one in asked), part
        cookies = {one.get("name", ""): one.get("path") for one in visitor.context.cookies()}
        assert len(cookies) > 1 and set(cookies.values()) == {ROOT}
        page.goto("about:blank")  # before the site ends


def wait_for_picture(page: Page, selector: str) -> None:
    """Until a picture has come whole."""
    page.wait_for_function(
        "(selector) => document.querySelector(selector)?.naturalWidth > 0", arg=selector
    )
