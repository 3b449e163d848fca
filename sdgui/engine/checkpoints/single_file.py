"""A checkpoint in one file, seen as the files of a folder in diffusers' layout."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from sdgui.engine.checkpoints.anatomy import take_apart
from sdgui.engine.checkpoints.gguf import header_of
from sdgui.engine.checkpoints.header import Header
from sdgui.engine.checkpoints.vocabulary import tokenizer_config, tokenizer_files
from sdgui.engine.model_files import UNSAFE, HashCache, OnFraction, stamp_of
from sdgui.engine.model_folder import stem_of
from sdgui.engine.source import PartFile, Source
from sdgui.errors import UserError

SAFETENSORS, GGUF = ".safetensors", ".gguf"
CHECKER = "safety_checker"
"""No checkpoint's own layout has one; who put one into the file meant it to be used, and its weights stand in no file
of their own."""
NAMES = "_name_or_path"
"""Where diffusers' layout has the name that a model gives itself, which decides defaults and no pixels."""


class SingleFile:
    """Implements ModelFiles, without a byte of the weights; UserError, in one sentence, for what is no checkpoint.

    Its content hash is the SHA-256 of the file, as others write it beside their pictures.
    """

    def __init__(
        self, name: str, path: Path, hashes: HashCache, *, header: Header | None = None
    ) -> None:
        """`header`: that of the file, where it is read already."""
        check_suffix(name, path)
        self.path = path
        self._name = name
        self._hashes = hashes
        self._header = header_of(path) if header is None else header
        self._anatomy = take_apart(name, self._header)
        self._texts = self._settings()
        weights = {
            f"{stem_of(part)}.safetensors": self._bytes_of(part) for part in self._anatomy.parts
        }
        texts = {name: len(text.encode()) for name, text in self._texts.items()}
        self.sizes: Mapping[str, int] = {**texts, **weights}

    def text(self, name: str) -> str:
        """The content of a settings file that diffusers' layout would have."""
        text = self._texts[name]
        if name != "model_index.json":
            return text
        said = self._header.metadata.get("modelspec.title", "").replace("/", " ")
        index = {**json.loads(text), NAMES: f"{self.path.stem} {said}".strip()}
        if any(name.startswith(f"{CHECKER}.") for name in self._header.tensors):
            index[CHECKER] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
        return json.dumps(index)

    def tensor_bytes(self, name: str) -> int:
        """Bytes of a part in memory, in half precision where the file has less."""
        return self.sizes[name]

    def content_hash(self, names: Sequence[str], on_fraction: OnFraction | None = None) -> str:
        """The hex SHA-256 of the file."""
        return self._hashes.sha256(self.path, on_fraction)

    def part_hash(self, part: str, names: Sequence[str]) -> str:
        """A hash of the part's config and of its tensors, the same in every file that has the same."""
        return self._hashes.of_part(self.path, part, lambda: self._digest(part))

    def source(self, variant: str | None, cache_dir: Path | None) -> Source:
        """What the model is loaded from: its settings written out, in the cache where there is one, and the file.

        UserError when the file changed since its header was read.
        """
        if stamp_of(self.path) != self._header.stamp:
            raise UserError(
                f"“{self._name}” has just changed on the disk.", "Try again when it is complete."
            )
        folder = _written(self._texts, cache_dir)
        parts = {
            name: PartFile(kind=part.kind, file=self.path, tensors=part.tensors)
            for name, part in self._anatomy.parts.items()
        }
        return Source(folder=folder, variant=variant, parts=parts)

    def tokenizer_folder(self, tokenizer: str, cache_dir: Path | None) -> Path:
        """Where the tokenizer's files are written out."""
        return _written(self._texts, cache_dir) / tokenizer

    def _settings(self) -> dict[str, str]:
        anatomy = self._anatomy
        texts = {
            "model_index.json": json.dumps(anatomy.index),
            "scheduler/scheduler_config.json": json.dumps(anatomy.scheduler),
        }
        for name, part in anatomy.parts.items():
            texts[f"{name}/config.json"] = json.dumps(part.config)
        for name, open_clip in anatomy.tokenizers.items():
            config = json.dumps(tokenizer_config(open_clip=open_clip))
            texts[f"{name}/tokenizer_config.json"] = config
            texts |= {f"{name}/{file}": text for file, text in tokenizer_files().items()}
        return texts

    def _digest(self, part: str) -> str:
        digest = hashlib.sha256(self._texts[f"{part}/config.json"].encode())
        with self.path.open("rb") as file:
            for one in self._anatomy.parts[part].tensors:
                tensor = self._header.tensors[one.original]
                digest.update(f"\n{one.name} {tensor.dtype} {one.rows}\0".encode())
                file.seek(tensor.start)
                digest.update(file.read(tensor.size))
        return digest.hexdigest()

    def _bytes_of(self, part: str) -> int:
        used = {one.original for one in self._anatomy.parts[part].tensors}
        return sum(self._header.tensors[one].in_memory for one in used)


def check_suffix(name: str, path: Path) -> None:
    """UserError unless the file may be opened at all."""
    suffix = path.suffix.casefold()
    if suffix in (SAFETENSORS, GGUF):
        return
    if suffix in UNSAFE:
        raise UserError(
            f"“{name}” is a {suffix} file, and those are never opened here: they can run code when they are.",
            "Look for a safetensors version of the model.",
        )
    raise UserError(
        f"“{name}” is a file, and no model that is known here.",
        "Give a .safetensors file, a folder in diffusers' layout, or a hub id (owner/name).",
    )


def _written(texts: Mapping[str, str], cache_dir: Path | None) -> Path:
    """A folder with the texts, written once for all files with the same."""
    digest = hashlib.sha256(json.dumps(sorted(texts.items())).encode()).hexdigest()[:32]
    if cache_dir is not None:
        with suppress(OSError):
            return _write(texts, cache_dir / "settings" / digest)
    return _write(texts, Path(_of_this_process().name) / digest)


@cache
def _of_this_process() -> "tempfile.TemporaryDirectory[str]":
    """A folder that goes with the process, where no other is to be had."""
    return tempfile.TemporaryDirectory(prefix="sdgui-")


def _write(texts: Mapping[str, str], folder: Path) -> Path:
    if not _is_whole(texts, folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
        try:
            for name, text in texts.items():
                (temporary / name).parent.mkdir(exist_ok=True)
                (temporary / name).write_text(text, encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):  # another process was quicker
                temporary.replace(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        if not _is_whole(texts, folder):
            raise OSError(f"{folder} cannot be written")
    return folder


def _is_whole(texts: Mapping[str, str], folder: Path) -> bool:
    return all((folder / name).is_file() for name in texts)
