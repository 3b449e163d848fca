"""The page put together: what all capabilities share, and the capabilities, each from its own folder."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr
from anyio import CapacityLimiter
from fastapi import APIRouter, FastAPI
from starlette.routing import Mount

from sdgui.errors import UserError
from sdgui.ports import Library, Models, Store
from sdgui.sheet import Sheet
from sdgui.web.capability import Components
from sdgui.web.compare.capability import COMPARE
from sdgui.web.doors.gradio_door import GradioDoor
from sdgui.web.dream.capability import DREAM
from sdgui.web.history.capability import HISTORY
from sdgui.web.links.capability import LINKS
from sdgui.web.models.capability import MODELS
from sdgui.web.programs.declaration import declare
from sdgui.web.programs.endpoints import Endpoint
from sdgui.web.rooms import served_files
from sdgui.web.share.capability import SHARE
from sdgui.web.shared.adapters.routes import adapter_routes
from sdgui.web.shared.dreams.submission import check_model
from sdgui.web.shared.gallery.bin import bin_routes
from sdgui.web.shared.made_with.routes import made_with_routes
from sdgui.web.shared.page.fresh import FreshPage
from sdgui.web.shared.page.memory import memory_routes
from sdgui.web.shared.page.templates import render
from sdgui.web.shared.page.theme import variables
from sdgui.web.shared.seam.blocks import StillBlocks
from sdgui.web.shared.seam.html import add_html
from sdgui.web.shared.seam.seam import add_seam
from sdgui.web.shared.settings.facts import FORMER_CONTROLS, SHARED_SETTINGS, facts_of
from sdgui.web.shared.settings.panel import (
    add_prompt_bar,
    add_settings,
    add_settings_head,
    model_choices,
)
from sdgui.web.shared.settings.reuse import reuse_routes
from sdgui.written_values import MAX_PROMPT

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

CAPABILITIES = (DREAM, COMPARE, HISTORY, MODELS, LINKS, SHARE)
"""In the order of their tabs; without its line here, and its folder, a capability is gone."""

_STYLES = (
    *("shared/page/screen.css", "shared/page/skeleton.css", "shared/page/memory.css"),
    "shared/settings/settings.css",
    *("shared/page/prompt-words.css", "shared/page/people.css"),
    "shared/adapters/picker.css",
    "shared/made_with/made-with.css",
    *("shared/gallery/gallery.css", "shared/gallery/lines.css", "shared/viewer/viewer.css"),
    *(style for one in CAPABILITIES for style in one.styles),
    "shared/page/touch.css",
)
"""In the order in which they apply."""


def make_page(models: Models, endpoints: Mapping[str, Endpoint]) -> gr.Blocks:
    """All of the Blocks: the tabs, what they share, and the endpoints for programs."""
    names = models.names()
    with StillBlocks(title="sdgui", analytics_enabled=False, delete_cache=(600, 3600)) as page:
        add_html(render("shared/page/header.html", tabs=CAPABILITIES), "header")
        components: Components = {}
        for capability in CAPABILITIES:
            components |= capability.add_middle()
        with gr.Column(elem_id="settings", elem_classes="side-panel"):
            add_settings_head()
            for capability in CAPABILITIES:
                components |= capability.add_settings()
            components |= add_settings(models.look(names[0]), names)
        components |= add_prompt_bar()
        add_seam(page, components, _former())
        declare(endpoints)
    return page


def make_routes(
    studio: "Studio", store: Store, library: Library, heavy: CapacityLimiter
) -> list[APIRouter]:
    """The routes of all capabilities, and what the page asks of models and of settings."""
    routes = [
        route
        for capability in CAPABILITIES
        for route in (
            *capability.routes(studio, store, heavy),
            *capability.library_routes(studio, store, library),
        )
    ]
    return [
        *routes,
        _model_routes(studio.models),
        adapter_routes(studio),
        memory_routes(studio),
        reuse_routes(studio, store, _values_of_sheet),
        made_with_routes(studio, heavy, _values_of_sheet),
        bin_routes(studio),
    ]


def make_head(models: Models) -> str:
    """Style, script and what the scripts must know, for the document's head."""
    return render(
        "shared/page/head.html",
        variables=variables(),
        styles=_STYLES,
        scripts=[name for name in served_files() if name.endswith(".js")],
        facts=page_facts(models),
    )


def keep_fresh(app: FastAPI, page: gr.Blocks, models: Models, library: Library) -> None:
    """Has the page, which was mounted last, be told anew where models came or went."""

    def choices() -> dict[str, Any]:
        first = _first(models)
        others = (name for name in models.names() if name != first)
        return model_choices(models.look(first), (first, *others))

    mount = app.router.routes[-1]
    assert isinstance(mount, Mount) and isinstance(mount.app, GradioDoor)
    mount.app.app = FreshPage(
        mount.app.app,
        config=page.config,
        stamp=lambda: (models.names(), library.revision),
        head=lambda: make_head(models),
        choices=choices,
    )


def page_facts(models: Models) -> dict[str, Any]:
    """What the scripts must know: models, settings, and what each capability says under its own name."""
    known = {}
    for name in models.at_hand():  # of the others the page asks when they are chosen
        with contextlib.suppress(UserError):  # said when it is chosen
            known[name] = _facts_of_model(models, name)
    settings = {**SHARED_SETTINGS}
    for capability in CAPABILITIES:
        settings |= capability.settings
    return {
        "capabilities": [capability.name for capability in CAPABILITIES],
        "model": _first(models),
        "models": known,
        "settings": {name: setting.told() for name, setting in settings.items()},
        "former": _former(),
        "longest_prompt": MAX_PROMPT,
        **{one.name: one.facts for one in CAPABILITIES if one.facts},
    }


def _first(models: Models) -> str:
    """What the page begins with: the default, or the first that is here where that went while the program runs."""
    names = models.names()
    for name in names:
        with contextlib.suppress(UserError):  # said when it is chosen
            models.look(name)
            return name
    return names[0]


def _former() -> dict[str, Sequence[str]]:
    """What the former version saved in the browser: its keys, and the order of the values below each."""
    former: dict[str, Sequence[str]] = {**FORMER_CONTROLS}
    for capability in CAPABILITIES:
        former |= capability.former
    return former


def _facts_of_model(models: Models, name: str) -> dict[str, Any]:
    info = models.look(name)
    facts = facts_of(info)
    for capability in CAPABILITIES:
        if capability.facts_of_model is not None:
            facts |= capability.facts_of_model(info, models.names())
    return facts


def _model_routes(models: Models) -> APIRouter:
    routes = APIRouter()

    @routes.get("/model")
    def model(name: str) -> dict[str, Any]:
        """What the page must know of a model that could not be described when the page was made."""
        check_model(name, models)
        return _facts_of_model(models, name)

    return routes


def _values_of_sheet(sheet: Sheet, count: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for capability in CAPABILITIES:
        if capability.values_of_sheet is not None:
            values |= capability.values_of_sheet(sheet, count)
    return values
