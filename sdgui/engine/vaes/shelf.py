"""The VAEs in the owner's folders, by their names and by their content: no torch."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sdgui.engine.collection.collection import Collection
from sdgui.engine.model_files import HashCache, Stamp, stamp_of
from sdgui.engine.vaes.recognise import vae_info
from sdgui.errors import UserError
from sdgui.inventory import FileKind
from sdgui.model_info import ModelInfo
from sdgui.model_ref import ModelRef
from sdgui.vae_info import VaeInfo, vae_misfit
from sdgui.written_values import shown


class VaeShelf:
    """The VAEs among what a collection holds; the header of each is read once, and anew where the file has changed."""

    def __init__(self, collection: Collection, hashes: HashCache) -> None:
        self._collection = collection
        self._hashes = hashes
        self._told: dict[Path, tuple[Stamp, VaeInfo]] = {}

    def all(self) -> tuple[VaeInfo, ...]:
        """Every VAE, by name, also those that cannot be used."""
        told = (self._info(path, name) for path, name in self._files())
        return tuple(info for info in told if info is not None)

    def choose(self, name: str, model: ModelInfo) -> ModelRef:
        """The VAE of this name by its content; UserError where it is not there or does not fit the model."""
        for path, called in self._files():
            if called == name and (info := self._info(path, called)) is not None:
                if (fault := vae_misfit(info, model)) is not None:
                    raise fault
                return ModelRef(id=name, hash=self._hash(name, path))
        raise gone(name)

    def check(self, vae: ModelRef, model: ModelInfo) -> None:
        """UserError unless the VAE is here, what it was, and fits the model."""
        info = self._info(self.locate(vae), vae.id)
        if info is None:
            raise gone(vae.id)
        if (fault := vae_misfit(info, model)) is not None:
            raise fault

    def locate(self, vae: ModelRef) -> Path:
        """The file of a VAE that a spec names, by its name or, where it has another by now, by its content.

        UserError where it is gone, or another by now.
        """
        path = self._collection.path_of(vae.id)
        if path is None or not path.exists():
            path = self._collection.search(vae.id)
        if path is not None and path.exists() and self._hash(vae.id, path) == vae.hash:
            return path
        for other, called in self._files():
            is_known = _is_here(other) and self._hashes.knows(other)
            if is_known and self._hash(called, other) == vae.hash:
                return other
        if path is None or not path.exists():
            raise gone(vae.id)
        raise UserError(
            f"The VAE “{shown(vae.id)}” changed since it was chosen.",
            "Choose it anew on the Models page, to use it as it is now.",
        )

    def _files(self) -> Iterator[tuple[Path, str]]:
        for path, file in self._collection.files():
            if file.kind is FileKind.VAE:
                yield path, file.name

    def _hash(self, name: str, path: Path) -> str:
        try:
            return self._hashes.sha256(path)
        except FileNotFoundError:
            raise gone(name) from None
        except OSError as error:
            raise unreadable(name, error) from error

    def _info(self, path: Path, name: str) -> VaeInfo | None:
        try:
            stamp = stamp_of(path)
            known = self._told.get(path)
            if known is None or known[0] != stamp:
                known = self._told[path] = stamp, vae_info(name, path)
        except OSError:
            return None  # gone meanwhile, or not for us: as if it were not there
        return replace(known[1], name=name)


def gone(name: str) -> UserError:
    """That there is no VAE of this name."""
    return UserError(
        f"There is no VAE called “{shown(name)}” here.",
        "Put its file into the models folder, or correct the model on the Models page.",
    )


def unreadable(name: str, error: OSError) -> UserError:
    """That its file cannot be read."""
    return UserError(
        f"The VAE “{shown(name)}” cannot be read ({error.strerror}).",
        "Check the permissions of its file.",
    )


def _is_here(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
