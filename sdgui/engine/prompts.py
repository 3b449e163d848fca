"""What a prompt is encoded to, computed once per distinct prompt of a model."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

Prompt = TypeVar("Prompt", bound=Hashable)
"""A text, with how it is to be read where there are several ways."""
Encoded = TypeVar("Encoded")


class PromptCache(Generic[Prompt, Encoded]):
    """The latest prompts of one model, least recently used out first."""

    def __init__(self, encode: Callable[[Prompt], Encoded], size: int = 64) -> None:
        self._encode = encode
        self._size = size
        self._known: OrderedDict[Prompt, Encoded] = OrderedDict()

    def embed(self, prompts: Sequence[Prompt]) -> list[Encoded]:
        """One for each prompt; each is encoded alone, so company changes nothing."""
        return [self._one(prompt) for prompt in prompts]

    def _one(self, prompt: Prompt) -> Encoded:
        known = self._known.pop(prompt, None)
        if known is None:
            known = self._encode(prompt)
        self._known[prompt] = known
        while len(self._known) > self._size:
            self._known.popitem(last=False)
        return known
