"""What every training stage shares: a budget of time, its learning rate, checkpoints, progress."""

from __future__ import annotations

import math
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from torch import nn
from tqdm import tqdm


class Budget:
    """Minutes to spend from now; the learning rate follows the time spent, so that it always anneals.

    Time is the wall clock's, also while the process is stopped; after a resumption what the
    checkpoint had spent (in seconds) counts as the first part of the whole.
    """

    def __init__(self, minutes: float, spent: float = 0.0) -> None:
        self.seconds = 60 * minutes + spent
        self._start = time.monotonic() - spent

    @property
    def spent(self) -> float:
        """Seconds spent so far, those before a resumption included."""
        return time.monotonic() - self._start

    @property
    def share(self) -> float:
        """The share of the budget that is spent, from 0 to 1."""
        return min(1.0, self.spent / self.seconds) if self.seconds > 0 else 1.0

    def rate(self, peak: float, step: int, warmup: int = 100) -> float:
        """The learning rate: a short linear warm-up, then half a cosine down to zero."""
        return cosine_rate(self.share, peak, step, warmup)


def cosine_rate(share: float, peak: float, step: int, warmup: int = 100) -> float:
    """The learning rate after a share (0 to 1) of the budget, at a step."""
    return peak * min(1.0, (step + 1) / warmup) * 0.5 * (1 + math.cos(math.pi * share))


class Progress:
    """A progress bar in seconds with the time left, and a line in a log every half minute."""

    def __init__(self, stage: str, budget: Budget, work: Path) -> None:
        self._stage, self._budget, self._log = stage, budget, work / "progress.log"
        total = round(budget.seconds)
        self._bar = tqdm(total=total, initial=round(budget.spent), desc=stage, unit="s")
        self._said = 0.0
        self._mean: float | None = None

    def update(self, step: int, loss: float, note: str = "") -> None:
        """Show a step and its loss (smoothed)."""
        self._mean = loss if self._mean is None else 0.98 * self._mean + 0.02 * loss
        spent = min(round(self._budget.spent), self._bar.total)
        self._bar.update(spent - self._bar.n)
        self._bar.set_postfix_str(f"step {step}, loss {self._mean:.4f} {note}", refresh=False)
        if time.monotonic() - self._said > 30:
            self._said = time.monotonic()
            self.say(f"step {step} loss {self._mean:.4f} {note}")

    def say(self, text: str) -> None:
        """Append a line to the log."""
        minutes = self._budget.spent / 60
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now():%H:%M:%S} {self._stage} {minutes:.1f} min {text}\n")

    def close(self) -> None:
        """End the bar."""
        self._bar.close()


class Average:
    """An exponential moving average of a network's parameters (EMA), warmed up."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._decay = decay
        self.values = {name: each.detach().clone() for name, each in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move towards the network as it is now."""
        weight = 1 - min(self._decay, (1 + step) / (10 + step))
        for name, each in network.state_dict().items():
            if each.is_floating_point():
                self.values[name].lerp_(each, weight)


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint so that a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint onto the CPU."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give every parameter group this learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate
