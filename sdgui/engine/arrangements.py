"""Puts a loaded pipeline where and as an arrangement says."""

from typing import Any

import torch

from sdgui.engine.memory_plan import DENOISERS, Arrangement, Keep


def arrange(pipe: Any, device: torch.device, arrangement: Arrangement) -> None:
    """Arranges a pipeline that was just loaded; what its arrangement is to be later on, it is loaded anew for."""
    if arrangement.float8:
        store_in_float8(pipe)
    match arrangement.keep:
        case Keep.WHOLE:
            pipe.to(device)
        case Keep.PARTS:
            pipe.enable_model_cpu_offload(device=device)
        case Keep.GROUPS:
            pipe.enable_group_offload(
                onload_device=device, offload_type="leaf_level", use_stream=device.type == "cuda"
            )


def store_in_float8(pipe: Any) -> None:
    """Stores the weights of what denoises in 8 bits; each layer has them in its own dtype while it works."""
    for name in DENOISERS:
        part = getattr(pipe, name, None)
        if part is not None:
            computing = {
                layer: weight.dtype
                for layer in part.modules()
                if (weight := next(layer.parameters(recurse=False), None)) is not None
            }
            part.enable_layerwise_casting(
                storage_dtype=torch.float8_e4m3fn, compute_dtype=part.dtype
            )
            for layer, dtype in computing.items():  # diffusers knows one for all of a part
                registry = getattr(layer, "_diffusers_hook", None)
                if registry is not None:
                    registry.get_hook("layerwise_casting").compute_dtype = dtype
