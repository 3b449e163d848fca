"""What lies in the owner's models folders, whether it can be used here or not: plain values."""

from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    """What a file or folder is, by its content and not by where it lies."""

    MODEL = "model"
    LORA = "LoRA"
    EMBEDDING = "embedding"
    VAE = "VAE"
    TRANSFORMER = "transformer"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class ModelFile:
    """One find; `bytes` on the disk.

    `name` is what it is chosen by, and never a path. `family` is that of ModelInfo where it is known; `base_model`,
    `title`, `licence` and `trigger_words` are what its own metadata say. Where it cannot be used, `fault` says why, in
    a sentence. `is_gguf`: its weights may be quantised.
    """

    name: str
    kind: FileKind
    family: str = ""
    base_model: str = ""
    title: str = ""
    trigger_words: tuple[str, ...] = ()
    bytes: int = 0
    licence: str = ""
    fault: str = ""
    is_gguf: bool = False


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """All finds by name; `looking`: folders are being read, and more may come. `faults` tell of folders that could not
    be read."""

    files: tuple[ModelFile, ...] = ()
    faults: tuple[str, ...] = ()
    looking: bool = False
