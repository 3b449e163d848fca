"""How a spec names what lies in a file or folder: a model, a LoRA, a VAE."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ModelRef:
    """A model by the name it was asked for and the hash of its content (hex SHA-256)."""

    id: str
    hash: str
