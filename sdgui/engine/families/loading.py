"""Loads diffusers' pipelines from folders and from single files, with no weights but safetensors."""

import inspect
import json
from typing import Any

import diffusers
import torch
import transformers
from accelerate import init_empty_weights
from safetensors import safe_open

from sdgui.engine.checkpoints.stored import Stored
from sdgui.engine.families.quantised import load_gguf
from sdgui.engine.source import PartFile, Source

UNUSED = ("safety_checker", "feature_extractor", "image_encoder")
"""Parts that some repositories have, and that no picture from words needs."""


def load_pipeline(kind: Any, source: Source, dtype: torch.dtype, **arguments: Any) -> Any:
    """A pipeline of the class `kind`, on the CPU and silent, without the parts that are not used."""
    known = inspect.signature(kind.__init__).parameters
    parts = {name: _load_part(source, name, part, dtype) for name, part in source.parts.items()}
    pipe = kind.from_pretrained(
        source.folder,
        dtype=dtype,
        variant=source.variant,
        use_safetensors=True,
        local_files_only=True,
        **{part: None for part in UNUSED if part in known},
        **parts,
        **arguments,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _load_part(source: Source, name: str, part: PartFile, dtype: torch.dtype) -> Any:
    """A part out of a file in another layout, by our own table of its tensors, or by diffusers' where we have none."""
    if part.is_gguf:
        return load_gguf(source, name, part, dtype)
    if not part.tensors:
        kind = getattr(diffusers, part.kind[1])
        return kind.from_single_file(
            str(part.file),
            config=str(source.folder),
            subfolder=name,
            local_files_only=True,
            dtype=dtype,
        ).requires_grad_(False)
    config = json.loads((source.folder / name / "config.json").read_text(encoding="utf-8"))
    with init_empty_weights():
        module = _empty(part.kind, config)
    with safe_open(part.file, framework="pt") as file:
        module.load_state_dict(
            {one.name: read_stored(file, one).to(dtype) for one in part.tensors}, assign=True
        )
    return module.eval().requires_grad_(False)


def _empty(kind: tuple[str, str], config: dict[str, Any]) -> Any:
    library, name = kind
    if library == "diffusers":
        return getattr(diffusers, name).from_config(config)
    model = getattr(transformers, name)
    return model(model.config_class(**config))


def read_stored(file: Any, one: Stored) -> torch.Tensor:
    """One tensor of an open file, in diffusers' shape."""
    if one.rows is None:
        tensor = file.get_tensor(one.original)
    else:
        first, last = one.rows
        tensor = file.get_slice(one.original)[first:last]
    if one.turned:
        tensor = tensor.T
    return tensor.reshape(one.shape).contiguous()
