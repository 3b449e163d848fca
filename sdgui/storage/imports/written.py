"""Where an imported picture came from, as JSON in its row."""

import json
from dataclasses import asdict
from typing import Any

from sdgui.correction import Correction
from sdgui.imports import FileKind, Imported
from sdgui.made_with import MadeWith, NamedAdapter, Origin


def to_json(imported: Imported) -> str:
    """Of ASCII letters alone: names of files can hold bytes that are no text."""
    return json.dumps(asdict(imported), sort_keys=True)


def from_json(text: str) -> Imported:
    """What `to_json` wrote; ValueError, KeyError or TypeError for anything else."""
    told = json.loads(text)
    made = told["made_with"]
    return Imported(
        **{
            **told,
            "kind": FileKind(told["kind"]),
            "made_with": None if made is None else _made_with(made),
        }
    )


def _made_with(told: dict[str, Any]) -> MadeWith:
    correction, size = told["correction"], told["size"]
    return MadeWith(
        **{
            **told,
            "origin": Origin(told["origin"]),
            "loras": tuple(NamedAdapter(**one) for one in told["loras"]),
            "words": tuple(NamedAdapter(**one) for one in told["words"]),
            "correction": None if correction is None else Correction.from_dict(correction),
            "size": None if size is None else tuple(size),
            "notes": tuple(told["notes"]),
        }
    )
