"""The History tab: every picture of the visitor, by day, to be searched, selected and looked at."""

from sdgui.web.capability import Capability, Components
from sdgui.web.history.imports import import_routes
from sdgui.web.history.routes import history_routes
from sdgui.web.shared.seam.html import add_html

_HISTORY = '<section id="history" class="history" aria-label="History" tabindex="-1"></section>'


def _add_place() -> Components:
    add_html(_HISTORY, "history-block")
    return {}


HISTORY = Capability(
    name="history",
    title="History",
    styles=("history/history.css", "history/tools.css"),
    add_middle=_add_place,
    routes=lambda studio, store, heavy: (
        history_routes(studio, store),
        import_routes(studio, store),
    ),
)
