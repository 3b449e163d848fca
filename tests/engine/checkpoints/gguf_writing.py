"""Writes GGUF files: transformers of tiny models, quantised as llama.cpp's own package does it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch

Q8, Q4, BF16 = (getattr(gguf.GGMLQuantizationType, name) for name in ("Q8_0", "Q4_0", "BF16"))


def write_gguf(path: Path, tensors: Mapping[str, Any], quant: Any, arch: str = "x") -> Path:
    """Weights whose rows are whole blocks are quantised, all others in float32, as converters do it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, arch)
    for name, tensor in tensors.items():
        numbers = tensor.to(torch.float32).numpy()
        if is_quantised(tensor, quant):
            writer.add_tensor(name, gguf.quantize(numbers, quant), raw_dtype=quant)
        else:
            writer.add_tensor(name, numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def is_quantised(tensor: Any, quant: Any) -> bool:
    return tensor.ndim == 2 and tensor.shape[1] % gguf.GGML_QUANT_SIZES[quant][0] == 0


def rounded(tensors: Mapping[str, Any], quant: Any) -> dict[str, Any]:
    """The tensors as they are once they were quantised."""
    return {
        name: torch.from_numpy(
            np.ascontiguousarray(
                gguf.dequantize(gguf.quantize(tensor.to(torch.float32).numpy(), quant), quant)
            )
        )
        if is_quantised(tensor, quant)
        else tensor
        for name, tensor in tensors.items()
    }
