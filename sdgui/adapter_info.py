"""What the page and the resolver need to know of a LoRA or of learnt words, and whether they fit a model."""

from dataclasses import dataclass
from enum import StrEnum

from sdgui.errors import UserError
from sdgui.model_info import ModelInfo
from sdgui.written_values import shown


class AdapterKind(StrEnum):
    """What an adapter is, as a person calls it."""

    LORA = "LoRA"
    EMBEDDING = "embedding"


@dataclass(frozen=True, kw_only=True)
class AdapterInfo:
    """One adapter by the name that prompts call it by.

    `families` are those that it may be for, none where its file does not tell, and `made_for` says them for a person.
    `widths` are the channels of each text encoder that learnt words are for; `states` those of the text states that a
    LoRA was trained with, where it tells. `vectors`: how many tokens a learnt word is. `fault`: why it cannot be used
    at all, with a `hint`.
    """

    name: str
    kind: AdapterKind
    families: tuple[str, ...] = ()
    made_for: str = ""
    widths: tuple[int, ...] = ()
    states: int | None = None
    vectors: int = 0
    trigger_words: tuple[str, ...] = ()
    base_model: str = ""
    fault: str = ""
    hint: str = ""

    @property
    def said(self) -> str:
        """Kind and name, as they begin a sentence."""
        return f"The {self.kind} “{shown(self.name)}”"


def misfit(adapter: AdapterInfo, model: ModelInfo) -> UserError | None:
    """Why the adapter cannot be used with the model; None where, as far as its file tells, it can."""
    if adapter.fault:
        return UserError(adapter.fault, adapter.hint)
    title = f"“{shown(model.title)}”"
    hint = "Choose one that was made for this model's family, or another model."
    if adapter.families and model.family not in adapter.families:
        return UserError(
            f"{adapter.said} is made for {adapter.made_for}, which {title} is not.", hint
        )
    if adapter.kind is AdapterKind.EMBEDDING and not model.text_widths:
        return UserError(f"{title} reads no embeddings.", "Take its name out of the prompt.")
    if adapter.kind is AdapterKind.EMBEDDING and adapter.widths != model.text_widths:
        return UserError(
            f"{adapter.said} has words of {_written(adapter.widths)} numbers, and {title} reads those of "
            f"{_written(model.text_widths)}.",
            hint,
        )
    if model.text_widths and adapter.states not in (None, sum(model.text_widths)):
        return UserError(
            f"{adapter.said} expects a text encoder of {adapter.states} channels, and that of {title} has "
            f"{sum(model.text_widths)}.",
            hint,
        )
    return None


def _written(widths: tuple[int, ...]) -> str:
    return " and ".join(str(width) for width in widths)
