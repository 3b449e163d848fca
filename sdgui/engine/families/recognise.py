"""Reads what a model is from its JSON files and safetensors headers: no torch."""

from dataclasses import dataclass, replace
from typing import Any

from sdgui.engine.families.recogniser import Recogniser, Traits
from sdgui.engine.families.table import RECOGNISERS
from sdgui.engine.model_files import ModelFiles, read_json
from sdgui.engine.model_folder import ModelFolder
from sdgui.engine.safety.recognise import OwnChecker, find_checker
from sdgui.errors import UserError
from sdgui.model_info import ModelInfo, ModelRef
from sdgui.request_fields import limits
from sdgui.vocabulary import read_vocabulary

DEFAULTS = "sdgui.json"
"""A file beside the model that gives its title, its defaults and examples of prompts."""
UNREAD = ""
"""In place of the hash of what was not read yet: that takes long, and only pictures need it."""
WORDS = "words.json"
"""A file beside a small model that gives all words that it knows."""
SMALL, USUAL_LARGEST, LARGEST = 512, 2048, 2**14


@dataclass(frozen=True, kw_only=True)
class Found:
    """One model: its info, the files that make it up, the variant of its weights (`fp16` or None), and the folder of
    the tokenizer whose tokens are counted. `files` are those that decide a picture's pixels; the model's own safety
    checker has others."""

    info: ModelInfo
    files: tuple[str, ...]
    variant: str | None
    tokenizer: str
    checker: OwnChecker | None = None

    @property
    def all_files(self) -> tuple[str, ...]:
        """Those of the safety checker too, and first: a model that is fetched is whole once its own are there."""
        return self.files if self.checker is None else (*self.checker.files, *self.files)


def recognise(name: str, files: ModelFiles) -> Found:
    """Everything that is known of a model without reading its weights, so that the hash of its content is UNREAD.

    UserError when it cannot be dreamt with.
    """
    try:
        return _recognise(name, files)
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise UserError(
            f"The settings of “{name}” are not those of a model that works here.",
            "Copy or download the model anew.",
        ) from error


def _recognise(name: str, files: ModelFiles) -> Found:
    folder = ModelFolder(name, files)
    recogniser = _recogniser(folder)
    folder.check_parts(recogniser.layout, _titles())
    contents = folder.contents(recogniser.layout)
    traits = recogniser.traits(folder)
    checker = find_checker(folder, contents.variant)
    info = _info(folder, recogniser, traits, contents.names)
    if checker is not None:
        needed = info.memory_bytes + checker.bytes
        info = replace(info, checker=checker.told, memory_bytes=needed)
    return Found(
        info=info,
        files=contents.names,
        variant=contents.variant,
        tokenizer=traits.tokenizer,
        checker=checker,
    )


def _recogniser(folder: ModelFolder) -> Recogniser:
    pipeline = folder.pipeline
    for one in RECOGNISERS:
        if one.layout.pipeline == pipeline and one.claims(folder):
            return one
    raise UserError(
        f"“{folder.name}” is of a kind that does not work here ({pipeline}).",
        f"Kinds that work: {_titles()}.",
    )


def _title(name: str) -> str:
    last = name.rstrip("/").rpartition("/")[2]
    return last.removesuffix(".safetensors")


def _titles() -> str:
    return ", ".join(one.title for one in RECOGNISERS)


def _info(
    folder: ModelFolder, recogniser: Recogniser, traits: Traits, names: tuple[str, ...]
) -> ModelInfo:
    """Defaults in this order: the model's own file of defaults, then what its family says of it."""
    files = folder.files
    own: dict[str, Any] = read_json(files, DEFAULTS) if DEFAULTS in files.sizes else {}
    width, height = int(own.get("width", traits.width)), int(own.get("height", traits.height))
    longest = max(width, height)
    largest = 2 * longest if longest < SMALL else max(USUAL_LARGEST, longest)
    sampler = own.get("sampler", traits.sampler)
    vae = folder.vae_form
    info = ModelInfo(
        ref=ModelRef(id=folder.name, hash=UNREAD),
        title=str(own.get("title", _title(folder.name))),
        family=recogniser.name,
        width=width,
        height=height,
        size_step=traits.size_step,
        min_size=64,
        max_size=largest if traits.largest is None else min(largest, traits.largest),
        steps=int(own.get("steps", traits.steps)),
        guidance=float(own.get("guidance", traits.guidance)),
        guidance_kind=traits.guidance_kind,
        negative_prompt=traits.negative_prompt,
        emphasis=traits.emphasis,
        sampler=sampler if sampler in traits.samplers else traits.sampler,
        samplers=traits.samplers,
        token_limit=traits.token_limit,
        text_widths=traits.text_widths,
        corrections=traits.corrections if vae is None else (*traits.corrections, "vae"),
        vae=vae,
        memory_bytes=sum(
            files.tensor_bytes(name) for name in names if name.endswith(".safetensors")
        ),
        bfloat16=own.get("bfloat16", traits.bfloat16) is True,
        examples=tuple(str(example) for example in own.get("examples", ())),
        vocabulary=read_vocabulary(read_json(files, WORDS)) if WORDS in files.sizes else None,
    )
    _check_plausible(info)
    return info


def _check_plausible(info: ModelInfo) -> None:
    """ValueError for numbers with which nothing can be dreamt, wherever they come from."""
    (fewest, most), (least, highest) = limits("steps"), limits("guidance")
    if not (
        info.min_size <= min(info.width, info.height)
        and max(info.width, info.height) <= info.max_size <= LARGEST
        and 1 <= info.size_step <= info.min_size
        and fewest <= info.steps <= most
        and least <= info.guidance <= highest
        and info.token_limit > 0
    ):
        raise ValueError("the model's numbers are out of range")
