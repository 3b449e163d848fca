"""Where the models that ship inside are; no torch."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

EMBEDDED: Mapping[str, Path] = MappingProxyType({"demo": Path(__file__).parent / "weights"})
"""Folder of each embedded model, by its name."""
