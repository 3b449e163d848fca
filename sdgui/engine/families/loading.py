"""Loads diffusers' pipelines from folders, with no weights but safetensors."""

import inspect
from pathlib import Path
from typing import Any

import torch

UNUSED = ("safety_checker", "feature_extractor", "image_encoder")
"""Parts that some repositories have, and that no picture from words needs."""


def load_pipeline(
    kind: Any, folder: Path, dtype: torch.dtype, variant: str | None, **arguments: Any
) -> Any:
    """A pipeline of the class `kind`, on the CPU and silent, without the parts that are not used."""
    known = inspect.signature(kind.__init__).parameters
    pipe = kind.from_pretrained(
        folder,
        dtype=dtype,
        variant=variant,
        use_safetensors=True,
        local_files_only=True,
        **{part: None for part in UNUSED if part in known},
        **arguments,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe
