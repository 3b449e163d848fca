"""Where the files of a model are that is to be loaded: no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sdgui.engine.checkpoints.stored import Stored


@dataclass(frozen=True, kw_only=True)
class PartFile:
    """A part whose tensors lie in a file of another layout; its class and config are those of the folder.

    Without `tensors` diffusers itself converts them; `numbers` are all of them then.
    """

    kind: tuple[str, str]
    file: Path
    tensors: tuple[Stored, ...]
    numbers: int = 0


@dataclass(frozen=True, kw_only=True)
class Source:
    """A folder in diffusers' layout, the variant of its weights, and the parts that come from elsewhere instead."""

    folder: Path
    variant: str | None = None
    parts: Mapping[str, PartFile] = field(default_factory=dict)
