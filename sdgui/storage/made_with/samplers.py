"""The peers' names of samplers and schedules, and ours for them.

Names of A1111 and Forge, of ComfyUI and SwarmUI (k-diffusion's functions), of InvokeAI (short names, `_k` for Karras)
and of the first InvokeAI (`k_` in front). What has no sampler of ours keeps its own name.
"""

from sdgui.samplers import AUTOMATIC, BETA, EXPONENTIAL, KARRAS, SAMPLERS, split_name

_OURS: dict[str, tuple[str, str]] = {
    **{one.name.casefold(): (one.name, AUTOMATIC) for one in SAMPLERS},
    "plms": ("PNDM", AUTOMATIC),
    # ComfyUI and SwarmUI
    "euler_ancestral": ("Euler a", AUTOMATIC),
    "dpmpp_2m": ("DPM++ 2M", AUTOMATIC),
    "dpmpp_sde": ("DPM++ SDE", AUTOMATIC),
    "dpmpp_sde_gpu": ("DPM++ SDE", AUTOMATIC),
    "uni_pc": ("UniPC", AUTOMATIC),
    "uni_pc_bh2": ("UniPC", AUTOMATIC),
    # InvokeAI
    "euler_k": ("Euler", KARRAS),
    "euler_a": ("Euler a", AUTOMATIC),
    "heun_k": ("Heun", KARRAS),
    "lms_k": ("LMS", KARRAS),
    "dpmpp_2m_k": ("DPM++ 2M", KARRAS),
    "dpmpp_sde_k": ("DPM++ SDE", KARRAS),
    "unipc_k": ("UniPC", KARRAS),
    # the first InvokeAI
    "k_euler": ("Euler", AUTOMATIC),
    "k_euler_a": ("Euler a", AUTOMATIC),
    "k_heun": ("Heun", AUTOMATIC),
    "k_lms": ("LMS", AUTOMATIC),
    "k_dpmpp_2": ("DPM++ 2M", AUTOMATIC),
}
_SCHEDULES = {
    **{one.casefold(): one for one in (AUTOMATIC, KARRAS, EXPONENTIAL, BETA)},
    "normal": AUTOMATIC,
    "simple": AUTOMATIC,
    "uniform": AUTOMATIC,
}


def our_sampler(sampler: str | None, schedule: str | None) -> tuple[str | None, str | None]:
    """Sampler and schedule by our names, each as it was written where there is none for it."""
    if sampler is None:
        return None, None
    known = _OURS.get(sampler.casefold())
    if known is None:
        base, of_name = split_name(sampler)
        known = _OURS.get(base.casefold(), (base, AUTOMATIC))
        known = (known[0], of_name if known[1] == AUTOMATIC else known[1])
    name, own = known
    if not schedule:
        return name, own
    told = _SCHEDULES.get(schedule.casefold(), schedule)
    return name, own if told == AUTOMATIC else told
