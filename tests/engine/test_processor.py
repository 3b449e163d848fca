"""Whether a processor computes in bfloat16, as Linux tells of it."""

from pathlib import Path

import pytest

from sdgui.engine.processor import has_native_bfloat16


@pytest.mark.parametrize(
    ("line", "has"),
    [
        ("flags\t\t: fpu avx512f avx512_bf16 clzero", True),
        ("flags\t\t: fpu amx_bf16 amx_tile", True),
        ("Features\t: fp asimd bf16 i8mm", True),
        ("flags\t\t: fpu avx2 avx512f", False),
        ("Features\t: fp asimd ebf16", False),
        ("model name\t: Something bf16", False),
        ("", False),
    ],
)
def test_it_is_told_by_its_flags(tmp_path: Path, line: str, has: bool) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cpuinfo").write_text(f"processor\t: 0\n{line}\nbugs\t\t: none\n")
    assert has_native_bfloat16(tmp_path) is has


def test_where_nothing_is_told_it_does_not(tmp_path: Path) -> None:
    assert has_native_bfloat16(tmp_path) is False
