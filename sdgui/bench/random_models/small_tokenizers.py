"""Tokenizers of the real classes that know a few hundred words, and to which nothing is unknown."""

import string

from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTokenizer, GemmaTokenizer, Qwen2Tokenizer, T5Tokenizer

MERGES = [("c", "a"), ("ca", "t</w>"), ("r", "e"), ("re", "d</w>"), ("a", "r</w>"), ("c", "ar</w>")]
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""How Qwen's tokenizers put a prompt into a conversation."""


def clip_tokenizer() -> CLIPTokenizer:
    """Every byte, each at the end of a word too, a few merges, and the two special tokens: nothing is unknown."""
    letters = sorted(ByteLevel.alphabet())
    words = [
        *letters,
        *(letter + "</w>" for letter in letters),
        *("".join(pair) for pair in MERGES),
        "<|startoftext|>",
        "<|endoftext|>",
    ]
    return CLIPTokenizer(
        vocab={word: number for number, word in enumerate(words)},
        merges=MERGES,
        model_max_length=77,
    )


def t5_tokenizer() -> T5Tokenizer:
    """A letter each: nothing is unknown."""
    letters = [(letter, -3.0) for letter in string.printable.strip()]
    special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    return T5Tokenizer(vocab=special + letters, extra_ids=0, model_max_length=512)


def qwen_tokenizer() -> Qwen2Tokenizer:
    """A byte each but one pair, and the three special tokens of a chat."""
    special = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
    words = (*sorted(ByteLevel.alphabet()), "ca", *special)
    return Qwen2Tokenizer(
        vocab={word: number for number, word in enumerate(words)},
        merges=[("c", "a")],
        extra_special_tokens={"start": special[1], "end": special[2]},
        chat_template=CHAT,
    )


def gemma_tokenizer() -> GemmaTokenizer:
    """A letter each."""
    special = ("<pad>", "<eos>", "<bos>", "<unk>", "▁")
    words = (*special, *string.printable.strip())
    return GemmaTokenizer(
        vocab={word: number for number, word in enumerate(words)}, merges=[], padding_side="right"
    )
