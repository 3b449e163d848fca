"""Which folder a transformer without its text encoders takes the rest of its model from."""

from collections.abc import Iterable
from pathlib import Path

from sdgui.engine.families.few_steps import FEW
from sdgui.engine.families.table import title_of
from sdgui.errors import UserError
from sdgui.inventory import FileKind, ModelFile


def base_of(family: str, name: str, finds: Iterable[tuple[Path, ModelFile]]) -> Path | None:
    """A whole model of the family, distilled to few steps where the transformer's name says that it is, too."""
    bases = [
        (bool(FEW.search(name)) != bool(FEW.search(path.name)), path)
        for path, file in finds
        if file.kind is FileKind.MODEL
        and file.family == family
        and not file.fault
        and path.is_dir()
    ]
    return min(bases)[1] if bases else None


def needs_base(name: str, family: str) -> UserError:
    """That the rest of its model is missing."""
    title = title_of(family)
    return UserError(
        f"“{name}” is a transformer of {title} alone, and no model to take the rest from is here.",
        f"Put {title} as a folder in diffusers' layout into the models folder, beside it.",
    )
