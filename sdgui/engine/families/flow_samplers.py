"""The samplers of flow matching (Lipman et al. 2022, https://arxiv.org/abs/2210.02747) as diffusers' schedulers."""

import inspect
from collections.abc import Mapping
from typing import Any

import diffusers

from sdgui.engine.families.flow_traits import DPM, EULER, UNIPC

SCHEDULERS: dict[str, tuple[str, dict[str, Any]]] = {
    EULER: ("FlowMatchEulerDiscreteScheduler", {}),
    UNIPC: ("UniPCMultistepScheduler", {}),
    DPM: ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++", "solver_order": 2}),
}
PLAIN = {
    "use_karras_sigmas": False,
    "use_exponential_sigmas": False,
    "use_beta_sigmas": False,
    "use_flow_sigmas": True,
    "prediction_type": "flow_prediction",
    "final_sigmas_type": "zero",
    "stochastic_sampling": False,
}


def make_flow_scheduler(sampler: str, config: Mapping[str, Any], steps: int) -> Any:
    """A fresh scheduler of diffusers for one batch; KeyError for a sampler that is not known.

    `config` is the model's own scheduler config: how its sigmas are shifted stays.
    """
    kind, changes = SCHEDULERS[sampler]
    scheduler = getattr(diffusers, kind)
    known = inspect.signature(scheduler.__init__).parameters
    shift = config.get("shift", config.get("flow_shift", 1.0))
    changes = {**PLAIN, **changes, "shift": shift, "flow_shift": shift}
    if steps == 1:
        changes["shift_terminal"] = None  # the first sigma is the last, and stretching divides by 0
    return scheduler.from_config(
        {name: value for name, value in config.items() if name in known or name.startswith("_")},
        **{name: value for name, value in changes.items() if name in known},
    )
