"""A transformer in one file, with everything else out of a folder of its family: seen as the files of one model."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from sdgui.engine.checkpoints.gguf import PLAIN, can_read_weights, needs_package
from sdgui.engine.checkpoints.header import Header, read_header
from sdgui.engine.checkpoints.kinds import transformer_of
from sdgui.engine.checkpoints.refusals import check_readable, check_transformer
from sdgui.engine.checkpoints.stored import Shape, Stored, plain
from sdgui.engine.model_files import HashCache, LocalFiles, OnFraction, read_json, stamp_of
from sdgui.engine.source import PartFile, Source
from sdgui.errors import UserError

PART = "transformer"
CONVERTED = ("z_image", "flux1", "chroma", "flux2_klein", "sd3", "sana")
"""Families whose first layouts diffusers knows how to read; Qwen-Image has but one."""


class OverBase:
    """Implements ModelFiles without a byte of the weights; UserError unless the transformer fits the base."""

    def __init__(
        self, name: str, path: Path, base: Path, hashes: HashCache, *, header: Header
    ) -> None:
        self._name = name
        self._hashes = hashes
        self.path = path
        self.base = LocalFiles(base, hashes)
        self._stamp: object = (header.stamp, self.base.stamp())
        self._is_gguf = header.is_gguf
        family, prefix = transformer_of(header) or ("", "")
        check_transformer(name, family, header)
        if header.is_gguf and not can_read_weights():
            raise needs_package(name)
        self._tensors = _fitting(name, base, family, header.under(prefix), prefix, self.base)
        own = [one for called, one in header.tensors.items() if called.startswith(prefix)]
        if header.is_gguf:
            self._tensors = ()
        else:
            check_readable(name, (one.dtype for one in own))
        quantised = [one for one in own if header.is_gguf and one.dtype not in PLAIN]
        self._quantised = sum(one.size for one in quantised)
        self._numbers = sum(math.prod(one.shape) for one in own)
        self._numbers -= sum(math.prod(one.shape) for one in quantised)
        self._bytes = sum(one.in_memory for one in own)
        self.sizes: Mapping[str, int] = self.base.sizes

    @property
    def is_current(self) -> bool:
        """Whether neither the file nor its base changed since."""
        try:
            return self._now() == self._stamp
        except OSError:
            return False

    def text(self, name: str) -> str:
        """Those of the base."""
        return self.base.text(name)

    def tensor_bytes(self, name: str) -> int:
        """Those of the base, but for the transformer, whose are counted once."""
        if not name.startswith(f"{PART}/"):
            return self.base.tensor_bytes(name)
        first = min(one for one in self.sizes if _is_weights(one))
        return self._bytes if name == first else 0

    def content_hash(self, names: Sequence[str], on_fraction: OnFraction | None = None) -> str:
        """SHA-256 over the file's and those of the base that are used."""
        used = [name for name in names if not _is_weights(name)]
        both = f"{self._hashes.sha256(self.path, on_fraction)} {self.base.content_hash(used)}"
        return hashlib.sha256(both.encode()).hexdigest()

    def part_hash(self, part: str, names: Sequence[str]) -> str:
        """A hash of one part of the base."""
        return self.base.part_hash(part, names)

    def source(self, variant: str | None, cache_dir: Path | None) -> Source:
        """The base, but for the transformer."""
        kind = read_json(self.base, "model_index.json")[PART]
        part = PartFile(
            kind=(str(kind[0]), str(kind[1])),
            file=self.path,
            tensors=self._tensors,
            numbers=self._numbers,
            quantised=self._quantised,
            is_gguf=self._is_gguf,
        )
        return Source(folder=self.base.root, variant=variant, parts={PART: part})

    def tokenizer_folder(self, tokenizer: str, cache_dir: Path | None) -> Path:
        """Where the base's tokenizer is."""
        return self.base.tokenizer_folder(tokenizer, cache_dir)

    def _now(self) -> object:
        return (stamp_of(self.path), LocalFiles(self.base.root, self._hashes).stamp())


def _fitting(
    name: str, base: Path, family: str, shapes: Mapping[str, Shape], prefix: str, files: LocalFiles
) -> tuple[Stored, ...]:
    """Where the tensors of the transformer are; none where diffusers has to convert them."""
    expected: dict[str, Shape] = {}
    for one in files.sizes:
        if _is_weights(one):
            expected |= read_header(base / one).under("")
    if shapes.keys() >= expected.keys() and all(
        shapes[one] == shape for one, shape in expected.items()
    ):
        return tuple(plain(one, prefix + one, shape) for one, shape in expected.items())
    missing = [one for one in expected if one not in shapes]
    as_many = sum(map(math.prod, shapes.values())) == sum(map(math.prod, expected.values()))
    if family in CONVERTED and as_many and len(missing) > len(expected) // 8:
        return ()
    if missing and len(missing) <= len(expected) // 8:
        raise UserError(
            f"“{name}” is not complete: {missing[0]} is missing.", "Download the model anew."
        )
    raise UserError(
        f"“{name}” does not fit “{base.name}”, which it would take all but its transformer from.",
        "Put the folder of the model that it was made from into the models folder.",
    )


def _is_weights(name: str) -> bool:
    return name.startswith(f"{PART}/") and name.endswith(".safetensors")
