"""Where the files of a model are that is to be loaded: no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sdgui.engine.checkpoints.stored import Stored


@dataclass(frozen=True, kw_only=True)
class PartFile:
    """A part whose tensors lie in a file of another layout; its class and config are those of the folder.

    Without `tensors` diffusers itself converts them; `numbers` are all of them then, but for those that stay
    quantised, in so many bytes, where the file `is_gguf`.
    """

    kind: tuple[str, str]
    file: Path
    tensors: tuple[Stored, ...]
    numbers: int = 0
    quantised: int = 0
    is_gguf: bool = False


@dataclass(frozen=True, kw_only=True)
class Source:
    """A folder in diffusers' layout, the variant of its weights, and the parts that come from elsewhere instead."""

    folder: Path
    variant: str | None = None
    parts: Mapping[str, PartFile] = field(default_factory=dict)

    @property
    def is_quantised(self) -> bool:
        """Whether weights stay as the file has them, in numbers of their own."""
        return any(part.quantised for part in self.parts.values())
