"""Whether the model is there, for the page's pill and for programs."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class ModelStatus:
    """The model of the first worker: its state, load fraction (0 to 1), device and dtype in words."""

    state: Literal["waiting", "loading", "ready", "failed"]
    model: str
    fraction: float | None = None
    device: str = ""
    dtype: str = ""
    message: str = ""
    hint: str = ""
