"""Parts whose weights stay quantised until their layer works, out of GGUF files."""

from typing import Any

import diffusers
import torch

from sdgui.engine.source import PartFile, Source


def load_gguf(source: Source, name: str, part: PartFile, dtype: torch.dtype) -> Any:
    """A part by diffusers' own table of its tensors, computing in `dtype`; weights of linear layers stay quantised."""
    from diffusers.models.model_loading_utils import load_gguf_checkpoint
    from diffusers.quantizers.gguf.utils import GGUFLinear, dequantize_gguf_tensor

    module = getattr(diffusers, part.kind[1]).from_single_file(
        load_gguf_checkpoint(str(part.file)),
        config=str(source.folder),
        subfolder=name,
        local_files_only=True,
        quantization_config=diffusers.GGUFQuantizationConfig(compute_dtype=dtype),
        dtype=dtype,
    )
    for layer in module.modules():
        for called, weight in layer.named_parameters(recurse=False):
            if hasattr(weight, "quant_type") and (
                not isinstance(layer, GGUFLinear) or called != "weight"
            ):  # which diffusers leaves in bytes that no other layer can compute with
                plain = dequantize_gguf_tensor(weight).to(dtype)
                setattr(layer, called, torch.nn.Parameter(plain, requires_grad=False))
    return module.eval().requires_grad_(False)
