"""Which adapters a dream asks for: LoRAs by their tags, learnt words by their names; none is left out silently."""

from sdgui.adapter_info import AdapterInfo, AdapterKind, misfit
from sdgui.adapters import Adapter, Lora, TextualInversion
from sdgui.emphasis import MAX_LORA_WEIGHT, LoraTag, ReadPrompt, read_prompt
from sdgui.engine.adapters.shelf import Shelf, gone
from sdgui.errors import UserError
from sdgui.learnt_words import LearntNames
from sdgui.model_info import ModelInfo
from sdgui.written_values import shown

MOST_LORAS = 16


def asked_adapters(
    shelf: Shelf, info: ModelInfo, prompt: str, negative_prompt: str
) -> tuple[Adapter, ...]:
    """What both prompts ask for, LoRAs first, each kind in the order of names, so that equal ones share batches.

    UserError for a LoRA that is not here, does not fit the model, is asked for twice or with what is no weight; and for
    one that stands in the negative prompt. A learnt word that does not fit the model is a word like any other.
    """
    read, avoided = read_prompt(prompt), read_prompt(negative_prompt)
    for tag in avoided.loras:
        raise UserError(
            f"{shown(tag.written)} stands in what to avoid, and a LoRA works on the whole picture.",
            "Move it into the prompt; with a weight below 0 it works the other way round.",
        )
    _check_number(read)
    loras: dict[str, Lora] = {}
    for tag in read.loras:
        lora = _lora(shelf, info, tag)
        if lora.ref.hash in {one.ref.hash for one in loras.values()}:
            raise UserError(
                f"The LoRA “{shown(tag.name)}” is asked for twice.", "Keep one of its tags."
            )
        loras[lora.ref.id] = lora
    learnt: list[TextualInversion] = []
    if info.emphasis:
        fitting = fitting_words(shelf, info)
        names = LearntNames({name: one.vectors for name, one in fitting.items()})
        called = dict.fromkeys(names.named_in(read.text) + names.named_in(avoided.text))
        learnt = [
            TextualInversion(
                ref=shelf.reference(AdapterKind.EMBEDDING, fitting[name].name), weight=1.0
            )
            for name in sorted(called)
        ]
    return (*(loras[name] for name in sorted(loras)), *learnt)


def check_loras(shelf: Shelf, info: ModelInfo, prompt: str) -> None:
    """UserError as of `asked_adapters` for what can be told of a prompt's LoRAs without reading a whole file."""
    read = read_prompt(prompt)
    _check_number(read)
    for tag in read.loras:
        _found(shelf, info, tag)


def fitting_words(shelf: Shelf, info: ModelInfo) -> dict[str, AdapterInfo]:
    """The learnt words that the model can read, by their names in lower case."""
    return {one.name.casefold(): one for one in shelf.words() if misfit(one, info) is None}


def _check_number(read: ReadPrompt) -> None:
    if len(read.loras) > MOST_LORAS:
        raise UserError(
            f"The prompt asks for {len(read.loras)} LoRAs, and at most {MOST_LORAS} work at once.",
            "Take some of them out.",
        )


def _found(shelf: Shelf, info: ModelInfo, tag: LoraTag) -> AdapterInfo:
    if tag.unet is None or tag.text_encoder is None:
        limit = f"{MAX_LORA_WEIGHT:g}"
        raise UserError(
            f"The weight in {shown(tag.written)} is not a number from -{limit} to {limit}.",
            f"Write it as in <lora:{shown(tag.name)}:0.8>.",
        )
    found = shelf.find(AdapterKind.LORA, tag.name)
    if found is None:
        raise gone(AdapterKind.LORA, tag.name)
    if (fault := misfit(found, info)) is not None:
        raise fault
    return found


def _lora(shelf: Shelf, info: ModelInfo, tag: LoraTag) -> Lora:
    found = _found(shelf, info, tag)
    assert tag.unet is not None and tag.text_encoder is not None
    return Lora(
        ref=shelf.reference(AdapterKind.LORA, found.name),
        weight=tag.unet,
        text_encoder_weight=tag.text_encoder,
    )
