"""The controls of Compare and what they ask for."""

from dataclasses import dataclass
from typing import Any

from sdgui.axes import AxisRequest, written_axis
from sdgui.errors import UserError
from sdgui.request_fields import NO_AXIS, SETTINGS
from sdgui.sheet import Sheet, SheetKind

MODES = {"wall": "Seed wall", "variations": "Variations", "grid": "Grid X × Y"}
BY_SEEDS, BY_STRENGTHS = SETTINGS["vary_by"].choices or ()


@dataclass(frozen=True, kw_only=True)
class CompareControls:
    """The values of the settings that only Compare has."""

    mode: str
    wall_count: float
    draft: bool
    draft_steps: float
    vary_by: str
    vary_count: float
    vary_strength: float
    vary_strengths: str
    vary_seed: str
    x_axis: str
    x_values: str
    y_axis: str
    y_values: str

    @property
    def x(self) -> AxisRequest:
        """The axis across."""
        return axis_request(self.x_axis, self.x_values)

    @property
    def y(self) -> AxisRequest | None:
        """The axis down, if there is one."""
        return None if self.y_axis == NO_AXIS else axis_request(self.y_axis, self.y_values)


def axis_request(name: object, values: object) -> AxisRequest:
    """An axis as asked; UserError unless both are text."""
    if not isinstance(name, str) or not isinstance(values, str):
        raise UserError("An axis is a name and its values, both as text.", "Write them in words.")
    return AxisRequest(name=name, values=values)


def reused(sheet: Sheet, count: int) -> dict[str, Any]:
    """The controls, by name, that ask for a sheet of `count` pictures again; none for what goes out from a picture."""
    if sheet.kind is SheetKind.WALL:
        many = SETTINGS["wall_count"]
        least, most = int(many.low or 0), int(many.high or count)
        return {"mode": "wall", "wall_count": min(max(count, least), most)}
    if sheet.kind is not SheetKind.GRID or sheet.x is None:
        return {}
    x, y = written_axis(sheet.x), None if sheet.y is None else written_axis(sheet.y)
    asked = {"mode": "grid", "x_axis": x.name, "x_values": x.values}
    return asked | ({"y_axis": NO_AXIS} if y is None else {"y_axis": y.name, "y_values": y.values})
