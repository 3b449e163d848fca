"""What axe-core finds wrong with a page as it stands: https://github.com/dequelabs/axe-core/blob/develop/doc/API.md."""

from playwright.sync_api import Page

from tests.web.test_scripts import HERE, tools

WIDTHS = ((1440, 900), (1024, 768), (390, 844), (320, 640))
_RUN = """
async (only) => {
  // A colour that is on its way to another is neither of them.
  for (const one of document.getAnimations()) try { one.finish(); } catch { one.cancel(); }
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const also = { "label-content-name-mismatch": { enabled: true }, "target-size": { enabled: true } };
  const { violations } = await axe.run(document, {
    ...(only ? { runOnly: { type: "rule", values: only } } : { runOnly: tags, rules: also }),
    resultTypes: ["violations"], preload: false,
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) => {
    const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
    return `${id}: ${target.join(" ")} (${why})`;
  }));
}
"""


def violations(page: Page, only: tuple[str, ...] | None = None) -> list[str]:
    """Each element that breaks a rule, with why; none on a page that everybody can use. `only`: just these rules."""
    if not page.evaluate("() => 'axe' in window"):
        tools()
        axe = HERE / "node_modules" / "axe-core" / "axe.min.js"
        # A page may forbid scripts that are not its own.
        page.evaluate(f"() => {{ {axe.read_text(encoding='utf-8')} }}")
    found: list[str] = page.evaluate(_RUN, only)
    return found


def violations_everywhere(
    page: Page, widths: tuple[tuple[int, int], ...] = WIDTHS
) -> dict[str, list[str]]:
    """The violations of each width and theme that has any; themes differ in colours, so of the second only those."""
    found: dict[str, list[str]] = {}
    before = page.viewport_size
    assert before is not None
    for width, height in widths:
        page.set_viewport_size({"width": width, "height": height})
        found[f"{width} dark"] = violations(page)
        page.emulate_media(color_scheme="light")
        found[f"{width} light"] = violations(page, ("color-contrast",))
        page.emulate_media(color_scheme="dark")
    page.set_viewport_size(before)
    return {where: broken for where, broken in found.items() if broken}
