"""What the families of flow matching have in common before torch is there."""

from sdgui.engine.model_folder import ModelFolder
from sdgui.errors import UserError

EULER, UNIPC, DPM = "Euler", "UniPC", "DPM++ 2M"
FLOW_SAMPLERS = (EULER, UNIPC)
"""Those that the pipelines of flow matching can set up; DPM only where one gives it no sigmas of its own."""


def check_flow(folder: ModelFolder) -> None:
    """UserError unless the model's scheduler is one of flow matching."""
    scheduler = folder.scheduler
    if not str(scheduler.get("_class_name")).startswith("FlowMatch") and not scheduler.get(
        "use_flow_sigmas", False
    ):
        raise UserError(
            f"“{folder.name}” has a scheduler that does not fit it ({scheduler.get('_class_name')}).",
            "Copy or download the model anew.",
        )
