"""Counts the tokens of a prompt as the model's own tokenizer does, without transformers."""

import json
from pathlib import Path
from typing import Any

from sdgui.emphasis import PromptLength, read_prompt
from sdgui.engine.chunks import AROUND, COMMA, chunks_of
from sdgui.learnt_words import NO_LEARNT_NAMES, LearntNames

CLIP_WORDS = (
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
)
QWEN_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)


class TokenCounter:
    """The tokenizer of one model, from tokenizer.json or from vocab.json and merges.txt."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = _load(folder)

    def count(self, prompt: str) -> int:
        """Tokens of the prompt, with its start and end token, before anything is cut off."""
        return len(self._tokenizer.encode(prompt).ids)

    def measure(
        self, prompt: str, limit: int, learnt: LearntNames = NO_LEARNT_NAMES
    ) -> PromptLength:
        """How long a prompt with emphasis is, for a model that reads `limit` tokens at once and has learnt words."""
        room = limit - AROUND
        chunks = chunks_of(
            read_prompt(prompt),
            lambda text: learnt.tokenize(text, self._words),
            size=room,
            comma=self._tokenizer.token_to_id(COMMA),
        )
        return PromptLength(
            tokens=sum(len(chunk.ids) for chunk in chunks), chunks=len(chunks), room=room
        )

    def _words(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids


def _load(folder: Path) -> Any:
    from tokenizers import Tokenizer

    if (folder / "tokenizer.json").is_file():
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer
    return _qwen(folder) if _class_of(folder).startswith("Qwen") else _clip(folder)


def _class_of(folder: Path) -> str:
    """The tokenizer's class as its config names it; nothing where it does not."""
    try:
        config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
        return str(config.get("tokenizer_class"))
    except (OSError, ValueError, AttributeError):
        return ""


def _qwen(folder: Path) -> Any:
    """Qwen's byte-level BPE (Bai et al. 2023, https://arxiv.org/abs/2309.16609, 2.2), from its two files."""
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
    from tokenizers.models import BPE

    vocab, merges = BPE.read_file(str(folder / "vocab.json"), str(folder / "merges.txt"))
    tokenizer = Tokenizer(BPE(vocab, merges))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(QWEN_WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    return tokenizer


def _clip(folder: Path) -> Any:
    """CLIP's byte-level BPE (Radford et al. 2021, https://arxiv.org/abs/2103.00020, 2.4), from its two files."""
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import BPE

    start, end = "<|startoftext|>", "<|endoftext|>"
    vocab, merges = BPE.read_file(str(folder / "vocab.json"), str(folder / "merges.txt"))
    tokenizer = Tokenizer(
        BPE(
            vocab,
            merges,
            continuing_subword_prefix="",
            end_of_word_suffix="</w>",
            unk_token=end,
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(CLIP_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.post_processor = processors.RobertaProcessing(
        (end, vocab[end]), (start, vocab[start]), trim_offsets=False, add_prefix_space=False
    )
    return tokenizer
