"""The judge: a small network, apart from the model, that names what a picture shows or says no.

It is for tests and figures only; nothing that draws ever sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from sdgui.demo.embedded import EMBEDDED
from sdgui.demo.training.vocabulary import COLOURS, PLACES, STYLES, THINGS

NAMES = (THINGS, COLOURS, PLACES, STYLES)
SIZE = 128
WEIGHTS = EMBEDDED["demo"] / "judge" / "model.safetensors"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a picture shows; None where it is none of the names. Certainties are 0 to 1."""

    thing: str | None
    colour: str | None
    place: str | None
    style: str | None
    certainty: dict[str, float]


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm1, self.norm2 = nn.GroupNorm(8, width), nn.GroupNorm(8, width)

    def forward(self, x: Tensor) -> Tensor:
        inner = self.second(F.silu(self.norm1(self.first(F.silu(self.norm2(x))))))
        return x + inner


class JudgeNetwork(nn.Module):
    """Convolutions from 128×128 to 8×8 and four answers; the last of each is "none of these"."""

    def __init__(self, widths: Sequence[int] = (16, 48, 96, 144)) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for width in widths:
            layers += [nn.Conv2d(before, width, 4, stride=2, padding=1), _Block(width)]
            before = width
        self.layers = nn.Sequential(*layers)
        self.norm = nn.GroupNorm(8, before)
        self.hidden = nn.Linear(2 * before, 256)
        self.heads = nn.ModuleList(nn.Linear(256, len(names) + 1) for names in NAMES)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Four lists of logits for pictures `[n, 3, 128, 128]` from -1 to 1."""
        x = F.silu(self.norm(self.layers(pictures)))
        x = torch.cat([x.mean(dim=(2, 3)), x.amax(dim=(2, 3))], dim=1)
        x = F.silu(self.hidden(x))
        return [head(x) for head in self.heads]


class Judge:
    """A trained network that answers in names."""

    def __init__(self, network: nn.Module) -> None:
        self._network = network.eval()

    @torch.no_grad()
    def classify(self, images: Sequence[Image.Image]) -> list[Verdict]:
        """One verdict per picture; pictures of other sizes are scaled to 128×128 first."""
        verdicts: list[Verdict] = []
        for start in range(0, len(images), 32):
            part = images[start : start + 32]
            answers = [logits.softmax(dim=1) for logits in self._network(_as_tensor(part))]
            verdicts += [_verdict([answer[i] for answer in answers]) for i in range(len(part))]
        return verdicts


def load_judge(path: Path = WEIGHTS) -> Judge:
    """The judge that ships with the demo model."""
    network = JudgeNetwork()
    network.load_state_dict({name: each.float() for name, each in load_file(path).items()})
    return Judge(network)


def _as_tensor(images: Sequence[Image.Image]) -> Tensor:
    resized = [
        image.convert("RGB").resize((SIZE, SIZE), Image.Resampling.LANCZOS) for image in images
    ]
    pictures = np.stack([np.asarray(image) for image in resized])
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def _verdict(answers: list[Tensor]) -> Verdict:
    found: list[str | None] = []
    for names, answer in zip(NAMES, answers, strict=True):
        best = int(answer.argmax())
        found.append(names[best] if best < len(names) else None)
    kinds = ("thing", "colour", "place", "style")
    certainty = {kind: float(a.max()) for kind, a in zip(kinds, answers, strict=True)}
    return Verdict(
        thing=found[0], colour=found[1], place=found[2], style=found[3], certainty=certainty
    )
