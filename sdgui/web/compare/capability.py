"""The Compare tab: walls of seeds, variations and grids, A and B, and what is kept."""

from sdgui.axes import STRENGTH
from sdgui.request_fields import COMPARE as SETTINGS_OF_COMPARE
from sdgui.request_fields import NO_AXIS
from sdgui.web.capability import Capability
from sdgui.web.compare.axis_examples import example_values, hints
from sdgui.web.compare.begin import begin_routes
from sdgui.web.compare.controls import reused
from sdgui.web.compare.export.exports import export_routes
from sdgui.web.compare.pair.differences import difference_routes
from sdgui.web.compare.routes import sheet_routes
from sdgui.web.compare.settings import add_compare, add_compare_settings

_STEADIEST = "DPM++ 2M"
"""The sampler that is offered for drafts, where the model has it."""

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
    settings={one.name: one for one in SETTINGS_OF_COMPARE},
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
