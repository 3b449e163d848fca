"""What one capability adds to the page: a tab with its place, settings, routes and what its script must know."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter
from fastapi import APIRouter
from gradio.components import Component

from sdgui.model_info import ModelInfo
from sdgui.ports import Library, Store
from sdgui.request_fields import Setting
from sdgui.sheet import Sheet

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

Components = dict[str, Component]
"""The components that hold settings, by the settings' names."""


@dataclass(frozen=True, kw_only=True)
class Capability:
    """A room of the page. Its folder is its name, and its script begins in room.js there.

    `add_middle` adds its place in the middle, `add_settings` what only it asks, above what all ask; both give the
    components that hold settings. `routes` may use a limiter for what is heavy, `library_routes` look after the owner's
    models. `facts` are for its script, and `facts_of_model` those of a model among all of these names.
    `values_of_sheet` are the settings that ask for a sheet of so many pictures again. `former`: what the former version
    saved in the browser, and the order of its values. `for_strangers`: paths, as regular expressions, at which anybody
    may read, without cookie, name and password, on whatever site; `heard_by_strangers` those that their own pages alone
    may read, and `told_by_strangers` those to which they may post. One without a title has no tab.
    """

    name: str
    title: str
    styles: Sequence[str]
    add_middle: Callable[[], Components] = dict
    routes: Callable[["Studio", Store, CapacityLimiter], Sequence[APIRouter]]
    library_routes: Callable[["Studio", Store, Library], Sequence[APIRouter]] = (
        lambda studio, store, library: ()
    )
    add_settings: Callable[[], Components] = dict
    settings: Mapping[str, Setting] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    facts_of_model: Callable[[ModelInfo, Sequence[str]], dict[str, Any]] | None = None
    values_of_sheet: Callable[[Sheet, int], dict[str, Any]] | None = None
    former: Mapping[str, Sequence[str]] = field(default_factory=dict)
    for_strangers: Sequence[str] = ()
    heard_by_strangers: Sequence[str] = ()
    told_by_strangers: Sequence[str] = ()
