"""Text embeddings, computed once per distinct prompt of a model."""

from collections import OrderedDict
from collections.abc import Callable

import torch


class PromptCache:
    """The latest embeddings of one model, least recently used out first."""

    def __init__(self, encode: Callable[[str], torch.Tensor], size: int = 64) -> None:
        self._encode = encode
        self._size = size
        self._known: OrderedDict[str, torch.Tensor] = OrderedDict()

    def embed(self, prompts: list[str]) -> torch.Tensor:
        """Embeddings (prompts, tokens, channels); each prompt is encoded alone, so company changes nothing."""
        return torch.cat([self._one(prompt) for prompt in prompts])

    def _one(self, prompt: str) -> torch.Tensor:
        known = self._known.pop(prompt, None)
        if known is None:
            known = self._encode(prompt)
        self._known[prompt] = known
        while len(self._known) > self._size:
            self._known.popitem(last=False)
        return known
