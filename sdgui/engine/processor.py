"""What the processor computes in by itself, as it says of itself. No torch."""

from pathlib import Path

_FLAGS = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
"""Of processors that multiply in bfloat16, x86's two and ARM's; others take longer for it than for float32.

(Linux's Documentation/arch/arm64/elf_hwcaps.rst, arch/x86/include/asm/cpufeatures.h)
"""


def has_native_bfloat16(root: Path = Path("/")) -> bool:
    """Whether the processor computes in bfloat16; False where the system does not tell, which only Linux does."""
    try:
        lines = (root / "proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    told = (line.partition(":") for line in lines)
    flags = (rest.split() for name, _, rest in told if name.strip() in ("flags", "Features"))
    return not _FLAGS.isdisjoint(next(flags, ()))
