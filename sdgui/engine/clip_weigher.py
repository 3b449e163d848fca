"""Weighs the words of a prompt, of any length, for families that CLIP conditions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from sdgui.adapters import Adapter
from sdgui.emphasis import read_prompt
from sdgui.engine.adapters.learnt_words import NOTHING_LEARNT, Learnt, read_in_place
from sdgui.engine.chunks import AROUND, COMMA, Chunk, chunks_of

Read = Callable[[Any, Sequence[torch.Tensor]], tuple[Sequence[torch.Tensor], torch.Tensor | None]]
"""From the pipeline and the token ids (1, tokens) for each tokenizer to the states (1, tokens, channels) of each text
encoder, and what the last one pools, where the family wants it."""

_LEAST_MEAN = 0.01
"""Of the root mean square. The model inside is at a few thousandths, and its means change their sign by chance."""


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A prompt whose words are weighed, filled up to so many chunks; read with these adapters on."""

    prompt: str
    chunks: int
    is_negative: bool = False
    adapters: tuple[Adapter, ...] = ()
    clip_skip: int = 1


class Weigher(Protocol):
    """How a family weighs words."""

    def chunks(self, pipe: Any, prompt: str, learnt: Learnt = NOTHING_LEARNT) -> int:
        """How many chunks the prompt fills."""
        ...

    def encode(self, pipe: Any, one: Weighed, learnt: Learnt = NOTHING_LEARNT) -> Any:
        """The prompt as the family's `encode` gives it, but for its length."""
        ...


class ClipWeigher:
    """As A1111 does: the final states of each word times its weight, then each chunk's mean as it was before.

    (Its wiki, Features: Attention/emphasis; the method that it calls "Original".) A prompt is filled up with chunks of
    the empty prompt. `finish` makes of states (1, chunks * tokens, channels) and what the first chunk pools what the
    family keeps. Where `blanks` says so of the pipeline, a negative prompt without words is all zeros.
    """

    def __init__(
        self,
        read: Read,
        *,
        tokenizers: Sequence[str] = ("tokenizer",),
        encoders: Sequence[str] = ("text_encoder",),
        finish: Callable[[torch.Tensor, torch.Tensor | None], Any] = lambda states, pooled: states,
        blanks: Callable[[Any], bool] = lambda pipe: False,
    ) -> None:
        self._read = read
        self._tokenizers = tokenizers
        self._encoders = encoders
        self._finish = finish
        self._blanks = blanks

    def chunks(self, pipe: Any, prompt: str, learnt: Learnt = NOTHING_LEARNT) -> int:
        """How many chunks the prompt fills."""
        return len(self._cut(pipe, prompt, learnt))

    def encode(self, pipe: Any, one: Weighed, learnt: Learnt = NOTHING_LEARNT) -> Any:
        """The prompt filled up, or with as many chunks as it has where these are more."""
        cut = self._cut(pipe, one.prompt, learnt)
        cut += (Chunk(),) * (one.chunks - len(cut))
        read = [self._encode(pipe, chunk, learnt) for chunk in cut]
        states, pooled = torch.cat([states for states, _pooled in read], dim=1), read[0][1]
        if one.is_negative and not one.prompt.strip() and self._blanks(pipe):
            states = torch.zeros_like(states)
            pooled = None if pooled is None else torch.zeros_like(pooled)
        return self._finish(states, pooled)

    def _cut(self, pipe: Any, prompt: str, learnt: Learnt) -> tuple[Chunk, ...]:
        tokenizer = getattr(pipe, self._tokenizers[0])

        def tokenize(text: str) -> Sequence[int]:
            text = pipe.maybe_convert_prompt(text, tokenizer)  # a word of its own may be several
            ids: Sequence[int] = tokenizer(text, add_special_tokens=False, verbose=False).input_ids
            return ids

        return chunks_of(
            read_prompt(prompt),
            lambda text: learnt.names.tokenize(text, tokenize),
            size=_room(pipe, tokenizer) - AROUND,
            comma=tokenizer.get_vocab().get(COMMA),
        )

    def _encode(
        self, pipe: Any, chunk: Chunk, learnt: Learnt
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """States of one chunk, weighed, those of several text encoders along the channels."""
        tokenizers = [getattr(pipe, name) for name in self._tokenizers]
        ids = [_padded(chunk, one, _room(pipe, one)) for one in tokenizers]
        device = pipe._execution_device
        places = {place: -1 - one for place, one in enumerate(ids[0]) if one < 0}
        rows = [[max(one, 0) for one in row] for row in ids]  # any token: its vector is replaced
        encoders = [getattr(pipe, name) for name in self._encoders]
        with read_in_place(encoders, learnt, places):
            states, pooled = self._read(pipe, [torch.tensor([row], device=device) for row in rows])
        rest = len(ids[0]) - len(chunk.weights) - 1
        weights = torch.tensor([1.0, *chunk.weights, *[1.0] * rest], device=device)
        return torch.cat([weighed(one, weights) for one in states], dim=-1), pooled


def weighed(states: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """States (1, tokens, channels) times weights (tokens), scaled so that their mean is what it was.

    Where a mean, before or after, is next to nothing beside the states themselves, there is nothing to bring back: the
    factor would be any number, and the states stay as the weights leave them.
    """
    if bool((weights == 1).all()):
        return states
    exact = states.float()
    changed = exact * weights[None, :, None]
    if all(_has_mean(one) for one in (exact, changed)):
        changed = changed * (exact.mean() / changed.mean())
    return changed.to(states.dtype)


def _has_mean(states: torch.Tensor) -> bool:
    return bool(states.mean().abs() > _LEAST_MEAN * states.square().mean().sqrt())


def _room(pipe: Any, tokenizer: Any) -> int:
    """Tokens that the text encoder reads at once; a tokenizer that does not say its limit has a huge one."""
    return min(tokenizer.model_max_length, pipe.text_encoder.config.max_position_embeddings)


def _padded(chunk: Chunk, tokenizer: Any, length: int) -> list[int]:
    """The ids of a chunk between start and end, padded as the tokenizer does it."""
    ids = [tokenizer.bos_token_id, *chunk.ids, tokenizer.eos_token_id]
    return ids + [tokenizer.pad_token_id] * (length - len(ids))
