"""The Compare tab: walls of seeds, variations and grids, A and B, and what is kept."""

from dataclasses import fields

from sdgui.axes import AXES, STRENGTH
from sdgui.web.capability import Capability
from sdgui.web.compare.axis_examples import example_values, hints
from sdgui.web.compare.begin import begin_routes
from sdgui.web.compare.controls import (
    BY_SEEDS,
    BY_STRENGTHS,
    MODES,
    NO_AXIS,
    CompareControls,
    reused,
)
from sdgui.web.compare.differences import difference_routes
from sdgui.web.compare.exports import export_routes
from sdgui.web.compare.routes import sheet_routes
from sdgui.web.compare.settings import add_compare, add_compare_settings
from sdgui.web.shared.facts import SettingFacts

_STEADIEST = "DPM++ 2M"
"""The sampler that is offered for drafts, where the model has it."""

_SETTINGS = {field.name: SettingFacts(lasting=True) for field in fields(CompareControls)} | {
    "mode": SettingFacts(lasting=True, choices=tuple(MODES)),
    "vary_by": SettingFacts(lasting=True, choices=(BY_SEEDS, BY_STRENGTHS)),
    "x_axis": SettingFacts(lasting=True, choices=tuple(AXES)),
    "x_values": SettingFacts(lasting=True, goes_with="x_axis"),
    "y_axis": SettingFacts(lasting=True, choices=(NO_AXIS, *AXES)),
    "y_values": SettingFacts(lasting=True, goes_with="y_axis"),
}

_FORMER = {
    "sdgui-compare-1": (
        *("mode", "wall_count", "draft", "draft_steps", "vary_by", "vary_count", "vary_strength"),
        *("vary_strengths", "vary_seed", "x_axis", "x_values", "y_axis", "y_values"),
    )
}

COMPARE = Capability(
    name="compare",
    title="Compare",
    styles=("compare/compare.css", "compare/pair/pair.css"),
    add_middle=add_compare,
    add_settings=add_compare_settings,
    routes=lambda studio, store, heavy: (
        sheet_routes(studio, store),
        begin_routes(studio, store),
        export_routes(studio, store, heavy),
        difference_routes(store, heavy),
    ),
    settings=_SETTINGS,
    facts={
        "axes": hints(),
        "no_axis": NO_AXIS,
        "strength": STRENGTH,
        "steadiest": _STEADIEST,
    },
    facts_of_model=lambda info, names: {"values": example_values(info, names)},
    values_of_sheet=reused,
    former=_FORMER,
)
