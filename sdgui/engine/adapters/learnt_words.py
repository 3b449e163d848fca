"""Learnt words at work: their vectors, and how a text encoder reads them in place of tokens."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from sdgui.adapters import Adapter, TextualInversion
from sdgui.learnt_words import NO_LEARNT_NAMES, LearntNames

MOST_HELD = 64
_PARTS = ("clip_l", "clip_g")


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """Learnt words together: their names, and for each text encoder all their vectors (vectors, channels)."""

    names: LearntNames
    vectors: tuple[torch.Tensor, ...]


NOTHING_LEARNT = Learnt(names=NO_LEARNT_NAMES, vectors=())


class LearntWords:
    """The vectors of learnt words by their files, in float32, the least recently used out first."""

    def __init__(self, locate: Callable[[Adapter], Path]) -> None:
        self._locate = locate
        self._held: OrderedDict[str, tuple[torch.Tensor, ...]] = OrderedDict()

    def of(self, words: Sequence[TextualInversion]) -> Learnt:
        """These words, in this order; UserError where a file is gone, or another by now."""
        if not words:
            return NOTHING_LEARNT
        each = [self._one(word) for word in words]
        return Learnt(
            names=LearntNames(
                {word.ref.id: len(one[0]) for word, one in zip(words, each, strict=True)}
            ),
            vectors=tuple(torch.cat(parts) for parts in zip(*each, strict=True)),
        )

    def _one(self, word: TextualInversion) -> tuple[torch.Tensor, ...]:
        vectors = self._held.pop(word.ref.hash, None)
        if vectors is None:
            vectors = _vectors(load_file(self._locate(word)))
        self._held[word.ref.hash] = vectors
        while len(self._held) > MOST_HELD:
            self._held.popitem(last=False)
        return vectors


def _vectors(tensors: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, ...]:
    parts = [tensors[name] for name in _PARTS if name in tensors] or list(tensors.values())
    return tuple(torch.atleast_2d(part.to(torch.float32, copy=True)) for part in parts)


@contextmanager
def read_in_place(
    encoders: Sequence[Any], learnt: Learnt, places: Mapping[int, int]
) -> Iterator[None]:
    """The text encoders with a vector of learnt words at each of these places of a row, by its number."""
    with ExitStack() as hooks:
        if places:
            for encoder, vectors in zip(encoders, learnt.vectors, strict=True):
                layer = encoder.get_input_embeddings()
                hooks.callback(layer.register_forward_hook(_put(places, vectors)).remove)
        yield


def _put(places: Mapping[int, int], vectors: torch.Tensor) -> Callable[..., torch.Tensor]:
    def hook(_layer: Any, _ids: Any, states: torch.Tensor) -> torch.Tensor:
        states = states.clone()
        rows = vectors[list(places.values())].to(states.device, states.dtype)
        states[:, list(places)] = rows
        return states

    return hook
