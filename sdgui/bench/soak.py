"""What dreams leave behind: the memory of the server and its workers after many, by the page and over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass

from sdgui.bench.client import AppClient
from sdgui.bench.server import AppProcess, held_memory

WARM_UP = 250
"""Dreams of each kind before anything is measured: what is remembered of the latest few hundred is then full."""
ALLOWED = 50
"""MiB by which a thousand dreams of either kind may make server and workers grow."""


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Bytes by which the server and, together, its workers have grown with so many dreams of one kind."""

    kind: str
    dreams: int
    server: int
    workers: int


def soak(
    app: AppProcess, dreams: int, *, warm_up: int = WARM_UP, say: Callable[[str], None]
) -> list[Growth]:
    """Dreams so many small pictures by the page, and as many over HTTP; the memory that each kind has cost."""
    ways: dict[str, Callable[[], object]] = {
        "by the page": lambda: AppClient(app.url).dream_by_page(prompt="a red boat at sea"),
        "over HTTP": lambda: AppClient(app.url).dream(
            prompt="a red boat at sea", steps=1, width=64, height=64
        ),
    }
    for name, dream in ways.items():
        _repeat(dream, warm_up, lambda done, name=name: say(f"warming up {name}, {done}"))  # type: ignore[misc]
    grown = []
    for name, dream in ways.items():
        before = held_memory(app)
        _repeat(dream, dreams, lambda done, name=name: say(f"{name}, {done} of {dreams}"))  # type: ignore[misc]
        after = held_memory(app)
        grown.append(
            Growth(
                kind=name,
                dreams=dreams,
                server=after[0] - before[0],
                workers=sum(after[1:]) - sum(before[1:]),
            )
        )
    return grown


def _repeat(dream: Callable[[], object], times: int, say: Callable[[int], None]) -> None:
    for done in range(times):
        dream()
        if (done + 1) % 100 == 0:
            say(done + 1)
