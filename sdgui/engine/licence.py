"""What a model's own files say of its licence."""

import re
from collections.abc import Mapping
from pathlib import Path

LONGEST = 80
_README = "README.md"
_METADATA = ("modelspec.license", "general.license.name", "general.license")
"""Of safetensors (https://github.com/Stability-AI/ModelSpec) and of GGUF."""
_FILE = re.compile(r"licen[cs]e|copying", re.IGNORECASE)
_FRONT = 64 * 1024
_LINE = re.compile(r"^license(_name)?:[ \t]*[\"']?([^\"'\r\n#]{1,80})", re.MULTILINE)


def licence_in(folder: Path) -> str | None:
    """The licence that the head of a model card names (https://huggingface.co/docs/hub/model-cards), else the name of a
    file that must be the licence; None for none."""
    return _on_card(folder) or _as_file(folder)


def licence_said(metadata: Mapping[str, str]) -> str | None:
    """The licence that a file's own metadata name; None for none."""
    return next((told for name in _METADATA if (told := _shown(metadata.get(name, "")))), None)


def _on_card(folder: Path) -> str | None:
    try:
        with (folder / _README).open(encoding="utf-8", errors="replace") as file:
            text = file.read(_FRONT)
    except OSError:
        return None
    if not text.startswith("---"):
        return None
    front = text.split("\n---", 1)[0]
    told = {bool(own): name.strip() for own, name in _LINE.findall(front)}
    licence = told.get(False)
    if licence == "other":
        licence = told.get(True, licence)
    return _shown(licence or "")


def _as_file(folder: Path) -> str | None:
    try:
        names = sorted(one.name for one in folder.iterdir() if _FILE.search(one.name))
    except OSError:
        return None
    told = next((shown for name in names if (shown := _shown(name))), None)
    return None if told is None else f"see {told}"


def _shown(said: str) -> str | None:
    """What was said as it may be shown; None where nothing is left of it."""
    return "".join(char for char in said if char.isprintable())[:LONGEST].strip() or None
