"""The hint counts what each family's tokenizer counts, whatever its form."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import Qwen2Tokenizer

from sdgui.bench.random_models.small_tokenizers import qwen_tokenizer
from sdgui.engine.catalog import Catalog
from sdgui.engine.tokens import TokenCounter
from sdgui.errors import UserError
from tests.engine.families.conftest import FamilyLab

PROMPTS = ["", "a red car", "A  RED\ncar!!  ", "cat's 12 cats", "é ü ñ", "日本語", "x" * 900]
READER = {
    "sd3": "tokenizer_3",
    "flux1-dev": "tokenizer_2",
    "flux1-schnell": "tokenizer_2",
}
"""Where it is not the first tokenizer whose limit counts."""


def test_tokens_are_counted_as_transformers_does(model: str, family_lab: FamilyLab) -> None:
    reference: Any = getattr(family_lab.warm.pipe, READER.get(model, "tokenizer"))
    for prompt in PROMPTS:
        counted = family_lab.catalog.count_tokens(family_lab.model, prompt)
        assert counted == len(reference(prompt).input_ids), prompt


def split_into_two_files(folder: Path) -> None:
    """The tokenizer as vocab.json and merges.txt, as older models have it."""
    stored = folder / "tokenizer.json"
    model = json.loads(stored.read_text())["model"]
    (folder / "vocab.json").write_text(json.dumps(model["vocab"]))
    merges = "\n".join(" ".join(pair) for pair in model["merges"])
    (folder / "merges.txt").write_text(f"#version: 0.2\n{merges}\n")
    stored.unlink()


def test_a_qwen_tokenizer_is_read_from_vocab_and_merges_too(tmp_path: Path) -> None:
    qwen_tokenizer().save_pretrained(tmp_path)
    split_into_two_files(tmp_path)
    reference = Qwen2Tokenizer.from_pretrained(tmp_path)
    counter = TokenCounter(tmp_path)
    for prompt in PROMPTS:
        assert counter.count(prompt) == len(reference(prompt).input_ids), prompt


@pytest.mark.parametrize(
    ("beside", "message"),
    [("spiece.model", "SentencePiece's format only"), ("notes.txt", "tokenizer.json is missing")],
)
def test_a_tokenizer_that_cannot_be_read_is_refused(
    lab_of: Callable[[str], FamilyLab], tmp_path: Path, beside: str, message: str
) -> None:
    folder = Path(shutil.copytree(lab_of("chroma").model, tmp_path / "model"))
    (folder / "tokenizer" / "tokenizer.json").rename(folder / "tokenizer" / beside)
    with pytest.raises(UserError, match=message):
        Catalog(str(folder)).describe(str(folder))
