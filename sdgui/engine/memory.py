"""The memory that models run in: what is free, how it is given back, and how it is recognised that it ended."""

import gc

import torch

from sdgui.engine.main_memory import Memory, main_memory, return_freed

SIGNS = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "cannot allocate memory",
    "alloc_failed",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the error means that the device's or the machine's memory did not suffice."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error).lower() for sign in SIGNS)


def free_memory() -> None:
    """Gives back what nothing uses any more; call it outside the except block, whose traceback holds tensors."""
    gc.collect()
    return_freed()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def memory_of(device: torch.device) -> Memory | None:
    """What the device has, with what this process holds in reserve of it as free; None where it does not tell."""
    if device.type != "cuda":
        return main_memory()
    free, total = torch.cuda.mem_get_info(device)
    reserve = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return Memory(total=total, free=free + reserve)
