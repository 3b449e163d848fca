"""What was found in the models folders, in a small JSON file: the next start, and the worker, need not look again."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sdgui import __version__
from sdgui.inventory import FileKind, ModelFile

FORM = 2
MAX_BYTES = 128 * 2**20


@dataclass(frozen=True, kw_only=True)
class Find:
    """One find, and the stamp that its file had."""

    stamp: tuple[int, ...]
    file: ModelFile


class Remembered:
    """The file; one that cannot be read says nothing, and what cannot be written is looked for again."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    @property
    def stamp(self) -> int | None:
        """Changes when it is written; None where it is not there."""
        with suppress(OSError):
            if self._file is not None:
                return self._file.stat().st_mtime_ns
        return None

    def read(self) -> dict[Path, Find]:
        """The finds by their paths."""
        try:
            if self._file is None or self._file.stat().st_size > MAX_BYTES:
                return {}
            told = json.loads(self._file.read_text(encoding="utf-8"))
            if told["form"] != [FORM, __version__]:
                return {}
            return {Path(path): _find(one) for path, one in told["finds"].items()}
        except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return {}

    def write(self, finds: Mapping[Path, Find]) -> None:
        """Keeps the finds, whole or not at all."""
        if self._file is None:
            return
        told = {str(path): [list(one.stamp), asdict(one.file)] for path, one in finds.items()}
        temporary = self._file.with_name(f"{self._file.name}.{os.getpid()}.tmp")
        with suppress(OSError, ValueError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"form": [FORM, __version__], "finds": told})
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._file)


def _find(told: Any) -> Find:
    stamp, fields = told
    fields["kind"] = FileKind(fields["kind"])
    fields["trigger_words"] = tuple(str(word) for word in fields["trigger_words"])
    file = ModelFile(**fields)
    texts = (file.name, file.family, file.base_model, file.title, file.licence, file.fault)
    if not (
        all(isinstance(one, str) for one in texts)
        and isinstance(file.bytes, int)
        and isinstance(file.is_gguf, bool)
    ):
        raise ValueError("not what was written")
    return Find(stamp=tuple(int(one) for one in stamp), file=file)
