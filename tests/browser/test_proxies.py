"""The page behind a reverse proxy, below a path of its own."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visitors
from tests.web.conftest import open_site
from tests.web.reverse_proxy import reverse_proxy

ROOT = "/art/sd"


def test_behind_a_proxy_a_guest_dreams_watches_and_shares(
    visitors: Visitors, tmp_path: Path
) -> None:
    settings = {"root_path": ROOT, "trusted_proxies": ("127.0.0.1/32",)}
    with (
        open_site(tmp_path, **settings) as site,  # type: ignore[arg-type]
        reverse_proxy(site.url, ROOT) as address,
        visitors.come() as visitor,
    ):
        asked: list[str] = []
        visitor.page.on("request", lambda request: asked.append(request.url))
        page = visitor.open(f"{address}/")
        expect(page.locator("#guest-button")).to_be_visible()
        page.locator("#prompt textarea").fill("a boat")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".tile[data-state=done] img").first).to_be_visible()
        page.wait_for_function("document.querySelector('.tile img').naturalWidth > 0")
        elsewhere = [one for one in asked if one.startswith("http") and f"{ROOT}/" not in one]
        assert [
            one for one in elsewhere if not one.endswith(("/manifest.json", "/favicon.ico"))
        ] == []
        assert any("/watch" in one for one in asked)
        [cookie] = [one for one in visitor.context.cookies() if "visitor" in one.get("name", "")]
        assert cookie.get("path") == ROOT
