"""CLIP's vocabulary (Radford et al. 2021, https://arxiv.org/abs/2103.00020, 2.4), which checkpoints in one file lack.

`clip_vocabulary/` has the merges, as OpenCLIP carries them, and OpenCLIP's licence.
"""

import gzip
import json
from functools import cache
from pathlib import Path

from sdgui.engine.checkpoints.clip import END, START

FOLDER = Path(__file__).parent / "clip_vocabulary"
PRINTABLE = (*range(33, 127), *range(161, 173), *range(174, 256))
"""Bytes that stand for themselves; the others are written as signs from 256 on."""
START_WORD, END_WORD = "<|startoftext|>", "<|endoftext|>"
OPEN_PAD = "!"
"""What OpenCLIP fills up with."""
TOKENS = 77


@cache
def tokenizer_files() -> dict[str, str]:
    """`vocab.json` and `merges.txt` by name."""
    with gzip.open(FOLDER / "merges.txt.gz", "rt", encoding="utf-8") as lines:
        merges = lines.read().split("\n")
    others = [byte for byte in range(256) if byte not in PRINTABLE]
    letters = [chr(byte) for byte in PRINTABLE] + [chr(256 + i) for i in range(len(others))]
    words = [
        *letters,
        *(f"{letter}</w>" for letter in letters),
        *(pair.replace(" ", "") for pair in merges),
        START_WORD,
        END_WORD,
    ]
    vocabulary = {word: number for number, word in enumerate(words)}
    assert (vocabulary[START_WORD], vocabulary[END_WORD]) == (START, END)
    return {
        "vocab.json": json.dumps(vocabulary, ensure_ascii=False),
        "merges.txt": "#version: 0.2\n" + "\n".join(merges) + "\n",
    }


def tokenizer_config(*, open_clip: bool) -> dict[str, object]:
    """Transformers' config of the tokenizer."""
    return {
        "bos_token": START_WORD,
        "eos_token": END_WORD,
        "model_max_length": TOKENS,
        "pad_token": OPEN_PAD if open_clip else END_WORD,
        "tokenizer_class": "CLIPTokenizer",
        "unk_token": END_WORD,
    }
