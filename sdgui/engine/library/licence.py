"""What a model's own files say of its licence."""

import re
from pathlib import Path

_README = "README.md"
_FRONT = 64 * 1024
_LINE = re.compile(r"^license(_name)?:[ \t]*[\"']?([^\"'\r\n#]{1,80})", re.MULTILINE)


def licence_in(folder: Path) -> str | None:
    """The licence that the head of a model card names (https://huggingface.co/docs/hub/model-cards); None for none."""
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
    return licence if licence and licence.isprintable() else None
