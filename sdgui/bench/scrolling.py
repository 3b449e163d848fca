"""History over a folder with many pictures in a real Chromium: how soon it is there, whether it follows the hand."""

import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sdgui.bench.viewers import Chromium
from sdgui.web.doors.cookies import COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIRST_SCREEN = 0.3
"""Seconds from opening the tab until all that is seen of it is there, at most."""
LONGEST_TASK = 0.05
"""Seconds that the page may be busy without a break."""
LATE = 2 / 60
"""Seconds after which a frame is late."""
MOST_TILES = 400
"""What is on the screen, and half as much above and below it."""
_WIDTHS = (1024, 768), (390, 844), (1440, 900)
_NOTCH = 120
"""Pixels of one notch of a wheel."""
_TASK = "ThreadControllerImpl::RunTask"

_WATCH = """(late) => {
    const seen = { late: 0, frames: 0, tasks: 0, tiles: 0 };
    const tiles = document.getElementsByClassName("history-tile");
    const observer = new PerformanceObserver((list) => (seen.tasks += list.getEntries().length));
    observer.observe({ type: "longtask" });
    let former = 0;
    const frame = (now) => {
        if (former) seen.frames += 1;
        if (former && now - former > late) seen.late += 1;
        former = now;
        seen.tiles = Math.max(seen.tiles, tiles.length);
        seen.next = requestAnimationFrame(frame);
    };
    seen.next = requestAnimationFrame(frame);
    window.benchSeen = seen;
}"""
_SEEN = """() => {
    cancelAnimationFrame(window.benchSeen.next);
    return window.benchSeen;
}"""
_IS_THERE = """() => {
    const wall = document.querySelector(".history-scroll").getBoundingClientRect();
    const seen = [...document.getElementsByClassName("history-tile")].filter((tile) => {
        const { top, bottom } = tile.getBoundingClientRect();
        return bottom > wall.top && top < wall.bottom;
    });
    return seen.length > 0 && seen.every((tile) => tile.classList.contains("is-there"));
}"""
_FIRST_SCREEN = f"""() => new Promise((found) => {{
    const isThere = {_IS_THERE};
    const begun = performance.now();
    const look = () => (isThere() ? found(performance.now() - begun) : requestAnimationFrame(look));
    document.querySelector("#tab-history").click();
    requestAnimationFrame(look);
}})"""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What an act cost the page: seconds that its longest task kept the processor busy, and that one took by the
    clock, scripts, styles and paint together; how many tasks took longer than they may by the clock; the share of
    frames that were late; how many tiles were in the page at once; bytes that its scripts hold afterwards."""

    busy: float
    longest: float
    long: int
    late: float
    tiles: int
    heap: int


@dataclass(frozen=True, kw_only=True)
class Scrolled:
    """Seconds until the first screen in each round, and by act what it cost in each."""

    first_screen: tuple[float, ...]
    acts: Mapping[str, tuple[Watched, ...]]

    @property
    def missed(self) -> list[str]:
        """What took longer than it may, by the median. Tasks count by the processor's time: what runs beside the
        browser on the same machine makes them longer by the clock."""
        late = statistics.median(self.first_screen) > FIRST_SCREEN
        return [
            *(["the first screen"] if late else []),
            *(
                what
                for what, seen in self.acts.items()
                if statistics.median(one.busy for one in seen) > LONGEST_TASK
                or max(one.tiles for one in seen) > MOST_TILES
            ),
        ]

    def lines(self) -> Iterator[str]:
        """A table."""
        first = tuple(1000 * seconds for seconds in self.first_screen)
        yield (
            f"First screen of thumbnails, from the click on: {statistics.median(first):.0f} "
            f"({min(first):.0f}-{max(first):.0f}) ms, at most {1000 * FIRST_SCREEN:.0f}."
        )
        yield ""
        yield (
            f"| History in Chromium | longest task, ms of the processor, at most {1000 * LONGEST_TASK:.0f} "
            f"| by the clock | tasks over {1000 * LONGEST_TASK:.0f} ms by the clock "
            f"| frames later than 1/30 s, % | tiles in the page, at most {MOST_TILES} | scripts' memory, MiB |"
        )
        yield "|---|---|---|---|---|---|---|"
        for what, seen in self.acts.items():
            busy, longest = (
                f"{statistics.median(values):.0f} ({min(values):.0f}-{max(values):.0f})"
                for values in (
                    [1000 * one.busy for one in seen],
                    [1000 * one.longest for one in seen],
                )
            )
            yield (
                f"| {what} | {busy} | {longest} | {statistics.median(one.long for one in seen):.0f} "
                f"| {100 * statistics.median(one.late for one in seen):.1f} | {max(one.tiles for one in seen)} "
                f"| {statistics.median(one.heap for one in seen) / 2**20:.1f} |"
            )


def scroll(
    url: str, token: str, rounds: int, chromium: Chromium, say: Callable[[str], None]
) -> Scrolled:
    """Opens History as the visitor with this token, in a fresh profile each round, and does there what people do."""
    first: list[float] = []
    acts: dict[str, list[Watched]] = {what: [] for what in ACTS}
    for turn in range(rounds):
        with chromium.page(url, COOKIE, token) as page:
            first.append(page.evaluate(_FIRST_SCREEN) / 1000)
            for what, act in ACTS.items():
                acts[what].append(_watched(chromium, page, act))
        say(f"History in Chromium, round {turn + 1} of {rounds}")
    seen = {what: tuple(found) for what, found in acts.items()}
    return Scrolled(first_screen=tuple(first), acts=seen)


def _watched(chromium: Chromium, page: "Page", act: Callable[["Page"], None]) -> Watched:
    page.wait_for_function(_IS_THERE)
    with chromium.traced(page) as trace:
        page.evaluate(_WATCH, 1000 * LATE)
        act(page)
        page.wait_for_function(_IS_THERE)
        seen = page.evaluate(_SEEN)
    tasks = list(tasks_of_page(trace))
    return Watched(
        busy=max((busy for busy, _ in tasks), default=0.0),
        longest=max((longest for _, longest in tasks), default=0.0),
        long=seen["tasks"],
        late=seen["late"] / max(1, seen["frames"]),
        tiles=seen["tiles"],
        heap=_heap(page),
    )


def tasks_of_page(trace: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """Seconds of the processor and by the clock that each task of the page took, from a trace: `dur` and `tdur`
    (microseconds) of complete events
    (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU)."""
    events = trace["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    for event in events:
        is_task = event["name"] == _TASK and event["ph"] == "X"
        if is_task and (event["pid"], event["tid"]) in mains:
            yield event.get("tdur", 0) / 1e6, event["dur"] / 1e6


def _heap(page: "Page") -> int:
    """Bytes that the scripts hold, without what nobody holds any more."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("HeapProfiler.collectGarbage")
    used: int = devtools.send("Runtime.getHeapUsage")["usedSize"]
    devtools.detach()
    return used


def _wheel(page: "Page") -> None:
    """Forty notches down as fast as a finger turns it, and as many up in haste."""
    page.mouse.move(600, 500)
    for way, pause in ((1, 30), (-1, 10)):
        for _ in range(40):
            page.mouse.wheel(0, way * _NOTCH)
            page.wait_for_timeout(pause)


def _drag(page: "Page") -> None:
    """The rail from its upper end to its lower one, and halfway back."""
    x, top, height = _rail(page)
    page.mouse.move(x, top)
    page.mouse.down()
    for step in [*range(0, 100, 2), *range(100, 50, -5)]:
        page.mouse.move(x, top + height * step / 100)
        page.wait_for_timeout(16)
    page.mouse.up()


def _days(page: "Page") -> None:
    """Days far from each other, each looked at until its pictures are there."""
    x, top, height = _rail(page)
    for place in (0.81, 0.07, 0.43, 0.62, 0.19):
        page.mouse.click(x, top + height * place)
        page.wait_for_function(_IS_THERE)


def _ends(page: "Page") -> None:
    """The last picture, and the first again."""
    page.locator(".history-tile[tabindex='0']").focus()
    for key in ("End", "Home"):
        page.keyboard.press(key)
        page.wait_for_function(_IS_THERE)


def _search(page: "Page") -> None:
    """Typed while the wheel turns, and taken back."""
    count = page.locator(".history-count b").last
    field = page.locator("#history-search")
    former = count.text_content()
    field.focus()
    page.mouse.move(600, 500)
    for key in "boat":
        page.keyboard.type(key)
        page.mouse.wheel(0, _NOTCH)
        page.wait_for_timeout(60)
    page.wait_for_function(_IS_NOT, arg=former)
    page.wait_for_function(_IS_THERE)
    field.fill("")
    page.wait_for_function(f"(said) => !({_IS_NOT})(said)", arg=former)


def _sizes(page: "Page") -> None:
    """Small tiles, large ones, and those in the middle again."""
    for size in ("small", "large", "middle"):
        page.locator(f"[name=history-size][value={size}]").check(force=True)
        page.wait_for_function(_IS_THERE)


def _select(page: "Page") -> None:
    """The first, and with Shift all up to where a dozen pages end; then none."""
    page.locator(".history-tile[tabindex='0']").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    for _ in range(12):
        page.keyboard.press("Shift+PageDown")
    page.wait_for_function(_ARE_SELECTED)
    page.keyboard.press("Escape")
    page.wait_for_selector("#history:not(.is-selecting)")


def _widths(page: "Page") -> None:
    """A smaller window, one as narrow as a phone, and the first again."""
    for width, height in _WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(_IS_THERE)


def _through(page: "Page") -> None:
    """From the first to the last in at most 300 stops, each long enough that what is there is asked for."""
    page.evaluate(_THROUGH, 300)


def _rail(page: "Page") -> tuple[float, float, float]:
    """Where it stands, where it begins and how high it is."""
    box = page.locator(".history-rail").bounding_box()
    if box is None:
        raise RuntimeError("the rail is not to be seen")
    return box["x"] + box["width"] / 2, box["y"] + 2, box["height"] - 4


_IS_NOT = "(said) => [...document.querySelectorAll('.history-count b')].at(-1).textContent !== said"
_ARE_SELECTED = """() => {
    const selected = parseInt(document.querySelector(".history-selected").textContent.replaceAll(",", ""));
    return selected > document.getElementsByClassName("history-tile").length;
}"""
_THROUGH = """async (most) => {
    const wall = document.querySelector(".history-scroll");
    const end = wall.scrollHeight - wall.clientHeight;
    const stops = Math.min(most, Math.ceil(end / wall.clientHeight));
    for (let i = 0; i <= stops; i += 1) {
        wall.scrollTop = (end * i) / stops;
        await new Promise((done) => setTimeout(done, 60));
    }
}"""
ACTS: Mapping[str, Callable[["Page"], None]] = {
    "the wheel": _wheel,
    "the rail, dragged over all": _drag,
    "days by the rail": _days,
    "End and Home": _ends,
    "a search, typed while scrolling": _search,
    "tiles of other sizes": _sizes,
    "many selected by Shift": _select,
    "a window of other widths": _widths,
    "from the first to the last": _through,
}
