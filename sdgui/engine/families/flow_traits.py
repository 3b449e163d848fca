"""What the families of flow matching have in common before torch is there."""

from sdgui.engine.model_folder import ModelFolder
from sdgui.errors import UserError

EULER, UNIPC, DPM = "Euler", "UniPC", "DPM++ 2M"
FLOW_SAMPLERS = (EULER, UNIPC)
"""Those that the pipelines of flow matching can set up; DPM only where one gives it no sigmas of its own."""

NATIVE = 128
"""Latents along a side that most were trained at; the files do not say."""


def samplers_by_shift(folder: ModelFolder) -> tuple[str, ...]:
    """Those of FLUX's pipelines: DPM is among them where the model shifts its sigmas by size."""
    shifts_by_size = bool(folder.scheduler.get("use_dynamic_shifting", False))
    return (*FLOW_SAMPLERS, DPM) if shifts_by_size else FLOW_SAMPLERS


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
