"""Muon: momentum with orthogonal updates for matrices and convolutions, AdamW for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn


def orthogonalised(matrix: Tensor, steps: int = 5) -> Tensor:
    """The nearest orthogonal matrix, roughly, by a quintic Newton–Schulz iteration.

    Keller Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks".
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """Nesterov momentum whose update is orthogonalised and scaled to AdamW's usual size.

    Convolutions count as matrices `[out, in·h·w]`. The scale is that of arXiv 2502.16982. With
    several ranks, whose gradients must be equal, each works out its part of the updates.
    """

    def __init__(
        self, params: Iterable[nn.Parameter], lr: float, momentum: float = 0.95, ranks: int = 1
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum})
        self._ranks = ranks

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Move every parameter; all have gradients."""
        for group in self.param_groups:
            parameters = group["params"]
            updates = torch.zeros(
                sum(each.numel() for each in parameters), device=parameters[0].device
            )
            views = updates.split([each.numel() for each in parameters])
            for i, (parameter, view) in enumerate(zip(parameters, views, strict=True)):
                state = self.state[parameter]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(parameter)
                momentum = state["momentum"].lerp_(parameter.grad, 1 - group["momentum"])
                if i % self._ranks == (dist.get_rank() if self._ranks > 1 else 0):
                    update = parameter.grad.lerp(momentum, group["momentum"]).flatten(1)
                    scale = 0.2 * max(update.shape) ** 0.5
                    view.copy_(orthogonalised(update).flatten() * scale)
            if self._ranks > 1:
                dist.all_reduce(updates)
            for parameter, view in zip(parameters, views, strict=True):
                parameter.add_(view.view_as(parameter), alpha=-group["lr"])


_ENDS = ("conv_in.", "conv_out.", "quant_conv.", "add_embedding.")


def make_optimizers(
    network: nn.Module, *, muon_rate: float, adam_rate: float, ranks: int = 1
) -> tuple[Muon, torch.optim.AdamW]:
    """Muon for the trained matrices and convolutions inside; AdamW for the ends and all vectors."""
    hidden: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            inside = parameter.ndim >= 2 and not any(end in name for end in _ENDS)
            (hidden if inside else others).append(parameter)
    adam = torch.optim.AdamW(others, lr=adam_rate, betas=(0.9, 0.98), weight_decay=0.0)
    return Muon(hidden, lr=muon_rate, ranks=ranks), adam
