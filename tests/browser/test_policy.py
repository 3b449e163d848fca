"""What gets into the page all the same does nothing there: its policy is the browser's to hold."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from sdgui.web.doors import page_policy
from tests.browser.conftest import Visitor
from tests.web.conftest import Site

SLIPPED_IN = """
() => {
  window.ran = [];
  const put = (html) => document.body.insertAdjacentHTML("beforeend", html);
  put(`<img src="data:," onerror="window.ran.push('handler')">`);
  const script = document.createElement("script");
  script.textContent = "window.ran.push('script')";
  document.body.append(script);
  const away = "http://127.0.0.2:9/x";
  const told = new Promise((resolve) => {
    const seen = new Set();
    document.addEventListener("securitypolicyviolation", (event) => {
      seen.add(event.effectiveDirective);
      if (seen.size >= 5) resolve([...seen].sort());
    });
    setTimeout(() => resolve([...seen].sort()), 500);
  });
  put(`<img src="${away}.png"><iframe src="${away}"></iframe>`);
  fetch(away).catch(() => undefined);
  return told;
}
"""
"""What somebody would put into a page that shows their text as HTML; tells what the policy forbade."""
FORBIDDEN = ["connect-src", "frame-src", "img-src", "script-src-attr", "script-src-elem"]


def test_script_that_slipped_into_the_page_does_nothing_unless_the_policy_lets_it(
    make_visitor: Callable[..., Visitor], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = make_visitor()
    page = visitor.open(f"{site.url}/?prompt=a+cat")
    expect(page.locator("#prompt textarea")).to_have_value("a cat")
    assert visitor.complaints == []  # nothing of the page itself is forbidden
    assert page.evaluate(SLIPPED_IN) == FORBIDDEN
    assert page.evaluate("window.ran") == []
    monkeypatch.setattr(page_policy, "policy_of", lambda scripts: "frame-ancestors 'none'")
    page = visitor.open(site.url)
    assert page.evaluate(SLIPPED_IN) == []
    assert page.evaluate("window.ran.sort()") == ["handler", "script"]
    visitor.complaints.clear()  # of what was forbidden, and of addresses that nobody answers at
