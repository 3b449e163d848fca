"""A model in diffusers' layout: its parts, their classes and configs, and the files that make it up. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sdgui.engine.model_files import UNSAFE, ModelFiles, read_json
from sdgui.errors import UserError
from sdgui.model_info import VaeForm

INDEX = "model_index.json"
SCHEDULER = "scheduler/scheduler_config.json"
VARIANTS = (None, "fp16")
TOKENIZER_FILES = (
    "added_tokens.json",
    "chat_template.jinja",
    "merges.txt",
    "special_tokens_map.json",
    "spiece.model",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
)
TOKENIZER_FORMS = (("tokenizer.json",), ("vocab.json", "merges.txt"))
"""Either suffices."""
CLIP_TOKENIZER = ("CLIPTokenizer", "CLIPTokenizerFast")
QWEN_TOKENIZER = ("Qwen2Tokenizer", "Qwen2TokenizerFast")
T5_TOKENIZER = ("T5Tokenizer", "T5TokenizerFast")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The pipeline of a family and its parts, each with the classes that are known and safe to load.

    A part with a None among its classes may be absent. Parts called `tokenizer…` hold no weights; of the scheduler
    only the config counts.
    """

    pipeline: str
    parts: dict[str, tuple[str | None, ...]]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The names of the files that make up a model, and the variant of its weights."""

    names: tuple[str, ...]
    variant: str | None


class ModelFolder:
    """The files of one model in diffusers' layout; UserError when there is no model_index.json."""

    def __init__(self, name: str, files: ModelFiles) -> None:
        if INDEX not in files.sizes:
            hint = "A model is a folder in diffusers' layout, with a model_index.json in it."
            raise UserError(f"There is no model at “{name}”.", hint)
        self.name = name
        self.files = files
        self.index = read_json(files, INDEX)

    @property
    def pipeline(self) -> Any:
        """The pipeline's class as the index names it, whatever that is."""
        return self.index.get("_class_name")

    @property
    def scheduler(self) -> dict[str, Any]:
        """The scheduler's config."""
        return read_json(self.files, self._required(SCHEDULER))

    def config(self, part: str) -> dict[str, Any]:
        """The config of a part."""
        return read_json(self.files, self._required(f"{part}/config.json"))

    @property
    def vae_form(self) -> VaeForm | None:
        """The form of its VAE; None where that is of a make that no other can stand in for."""
        if self._class("vae")[1] != "AutoencoderKL":
            return None
        return form_of(self.config("vae"))

    def has(self, part: str) -> bool:
        """Whether the index has the part at all."""
        return self.class_of(part) is not None

    def class_of(self, part: str) -> Any:
        """The class of a part as the index names it, whatever that is; None where it has no such part."""
        return self._class(part)[1]

    def check_parts(self, layout: Layout, working: str) -> None:
        """UserError unless every part is of a known class; `working` names the kinds of models that are."""
        for part, classes in layout.parts.items():
            library, class_name = self._class(part)
            if class_name is None and library is None and None in classes:
                continue
            if class_name is None:
                raise UserError(
                    f"“{self.name}” has no {part}, which a model of its kind needs.",
                    "Copy or download the model anew.",
                )
            if library not in ("diffusers", "transformers") or class_name not in classes:
                raise UserError(
                    f"“{self.name}” has a {part} that does not work here ({class_name}).",
                    f"Kinds that work, with their usual parts: {working}.",
                )

    def contents(self, layout: Layout) -> Contents:
        """The files of all parts that are there; UserError when some are missing or none are safetensors."""
        tokenizers = [
            part for part in layout.parts if part.startswith("tokenizer") and self.has(part)
        ]
        for part in tokenizers:
            self._check_tokenizer(part)
        parts = [part for part in layout.parts if part not in tokenizers and self.has(part)]
        weights, variant = self._weights(parts)
        configs = [
            self._required(file) for file in (INDEX, *(f"{part}/config.json" for part in parts))
        ]
        configs.append(self._required(SCHEDULER))
        configs += [
            file
            for part in tokenizers
            for file in (f"{part}/{file}" for file in TOKENIZER_FILES)
            if file in self.files.sizes
        ]
        return Contents(names=(*configs, *weights), variant=variant)

    def token_limit(self, tokenizer: str, text_encoder: str, usual: int) -> int:
        """Tokens that fit both the tokenizer and the text encoder."""
        positions = int(self.config(text_encoder).get("max_position_embeddings", usual))
        config = f"{tokenizer}/tokenizer_config.json"
        if config not in self.files.sizes:
            return positions
        return min(positions, int(read_json(self.files, config).get("model_max_length", positions)))

    def _class(self, part: str) -> tuple[Any, Any]:
        library, class_name = (*(self.index.get(part) or ()), None, None)[:2]
        return library, class_name

    def _check_tokenizer(self, part: str) -> None:
        """UserError unless the tokenizer is in a form that is read here, which SentencePiece's own is not."""
        present = [name for name in TOKENIZER_FILES if f"{part}/{name}" in self.files.sizes]
        if any(all(name in present for name in form) for form in TOKENIZER_FORMS):
            return
        if any(name.endswith(".model") for name in present):
            raise UserError(
                f"“{self.name}” has its {part} in SentencePiece's format only, which is not read here.",
                "Choose a version of the model with a tokenizer.json beside it.",
            )
        self._required(f"{part}/tokenizer.json")

    def _weights(self, parts: list[str]) -> tuple[list[str], str | None]:
        """The weight files (and shard indices) of the first variant that is complete."""
        for variant in VARIANTS:
            found = [weight_files(stem_of(part), variant, self.files) for part in parts]
            if all(found):
                return [file for part in found for file in part], variant
        if any(file.lower().endswith(UNSAFE) for file in self.files.sizes):
            raise UserError(
                f"“{self.name}” has no safetensors, and only safetensors are loaded.",
                "Other formats can run code when they are opened; look for a safetensors version of the model.",
            )
        missing = [
            part
            for part in parts
            if not any(weight_files(stem_of(part), variant, self.files) for variant in VARIANTS)
        ]
        raise UserError(
            f"“{self.name}” is not complete: the weights of {' and '.join(missing or parts)} are missing.",
            "Copy or download the model anew.",
        )

    def _required(self, file: str) -> str:
        if file not in self.files.sizes:
            raise UserError(
                f"“{self.name}” is not complete: {file} is missing.",
                "Copy or download the model anew.",
            )
        return file


def weight_files(stem: str, variant: str | None, files: ModelFiles) -> list[str]:
    """The safetensors with this stem (`unet/diffusion_pytorch_model`), one or shards with their index before them.

    Empty where they are not all there; UserError when an index points elsewhere.
    """
    suffix = "" if variant is None else f".{variant}"
    single = f"{stem}{suffix}.safetensors"
    if single in files.sizes:
        return [single]
    for index in (
        f"{stem}.safetensors.index{suffix}.json",
        f"{stem}{suffix}.safetensors.index.json",
    ):
        if index not in files.sizes:
            continue
        shards = sorted(set(read_json(files, index).get("weight_map", {}).values()))
        if any("/" in shard or "\\" in shard or shard.startswith(".") for shard in shards):
            raise UserError(f"{index} points out of the model's folder.", "Do not use this model.")
        if not all(shard.endswith(".safetensors") for shard in shards):
            return []
        folder = stem[: stem.rfind("/") + 1]
        paths = [f"{folder}{shard}" for shard in shards]
        if paths and all(path in files.sizes for path in paths):
            return [index, *paths]
    return []


def factor_of(vae: Mapping[str, Any]) -> int:
    """Pixels to one latent, along each side, of a VAE that halves at each level but the first."""
    return int(2 ** (len(vae["block_out_channels"]) - 1))


def form_of(vae: Mapping[str, Any]) -> VaeForm:
    """What another VAE must share to stand in for the one with this config."""
    return VaeForm(channels=int(vae["latent_channels"]), factor=factor_of(vae))


def pair(size: Any) -> tuple[int, int]:
    """Sample sizes are one number, or height and width."""
    return (int(size), int(size)) if isinstance(size, int) else (int(size[0]), int(size[1]))


def stem_of(part: str) -> str:
    """The name of a part's weights before the variant and the suffix."""
    name = "model" if part.startswith("text_encoder") else "diffusion_pytorch_model"
    return f"{part}/{name}"
