"""Training the judge on drawings, on spoilt drawings, and on pictures that show none of the names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

from sdgui.demo.training import data
from sdgui.demo.training.judge import NAMES, WEIGHTS, JudgeNetwork
from sdgui.demo.training.muon import make_optimizers
from sdgui.demo.training.scenes import Subject, compose, sample_scene
from sdgui.demo.training.schedule import Budget, Progress, save_checkpoint, set_rate
from sdgui.demo.training.styles import DRAWN_STYLES
from sdgui.demo.training.vae_stage import load_vae, to_tensor

BATCH = 32
MUON_RATE, ADAM_RATE = 2e-3, 2e-3
NONE = tuple(len(names) for names in NAMES)
_OPEN = -100
"""No answer is asked for."""


def _empty_places(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Places with nothing in them: thing and colour are "none of these"."""
    pictures, labels = [], []
    for _ in range(n):
        scene = sample_scene(rng)
        place, subject = compose(scene)
        away = [
            replace(part, outlines=tuple(outline + 9.0 for outline in part.outlines))
            for part in subject.parts
        ]
        nobody = Subject(parts=away, colour=subject.colour, floor=9.0)
        image = DRAWN_STYLES[scene.style](place, nobody, 2 * data.SIZE, rng)
        pictures.append(np.asarray(image.resize((data.SIZE, data.SIZE))))
        _, _, where, how = data.names_of(scene)
        labels.append((NONE[0], NONE[1], where, how))
    return np.stack(pictures), np.array(labels)


def _spoil(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    """What a decoder may do to a good picture: a little blur, noise, other light, a shift."""
    kind = rng.random()
    if kind < 0.35:
        small = F.interpolate(pictures, scale_factor=float(rng.uniform(0.55, 0.9)), mode="area")
        pictures = F.interpolate(small, size=pictures.shape[-2:], mode="bilinear")
    if rng.random() < 0.4:
        pictures = pictures + float(rng.uniform(0, 0.08)) * torch.randn_like(pictures)
    gain = 1 + 0.1 * torch.randn(len(pictures), 1, 1, 1)
    shift = 0.05 * torch.randn(len(pictures), 3, 1, 1)
    pictures = (pictures * gain + shift).clamp(-1, 1)
    y, x = (int(i) for i in rng.integers(-8, 9, size=2))
    padded = F.pad(pictures, (8, 8, 8, 8), mode="replicate")
    return padded[:, :, 8 + y : 136 + y, 8 + x : 136 + x]


def _ruin(pictures: Tensor, labels: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Pictures that show nothing of ours: noise, shuffled tiles, blends, mush, bent shapes."""
    kind = int(rng.integers(6))
    none = torch.tensor(NONE).expand(len(pictures), 4).clone()
    if kind == 0:
        cells = int(rng.choice([2, 4, 8, 16, 128]))
        size = (data.SIZE, data.SIZE)
        noise = torch.randn(len(pictures), 3, cells, cells)
        made = F.interpolate(noise, size=size, mode="bilinear") * float(rng.uniform(0.2, 1.0))
        return (made + 0.6 * torch.randn(len(pictures), 3, 1, 1)).clamp(-1, 1), none
    if kind == 1:  # tiles in another order: places and styles may still be told, things not
        tile = int(rng.choice([16, 32]))
        n = data.SIZE // tile
        tiles = pictures.unfold(2, tile, tile).unfold(3, tile, tile).flatten(2, 3)
        tiles = tiles[:, :, torch.from_numpy(rng.permutation(n * n))]
        rows = tiles.unflatten(2, (n, n)).permute(0, 1, 2, 4, 3, 5)
        none[:, 1:] = _OPEN
        return rows.reshape(pictures.shape), none
    if kind == 2:  # two pictures at once
        none[:, 1:] = _OPEN
        share = float(rng.uniform(0.4, 0.6))
        return share * pictures + (1 - share) * pictures.roll(1, dims=0), none
    if kind == 3:  # mush
        small = F.interpolate(pictures, size=(int(rng.integers(4, 9)),) * 2, mode="area")
        none[:, 1:3] = _OPEN
        return F.interpolate(small, size=pictures.shape[-2:], mode="bicubic").clamp(-1, 1), none
    if kind == 4:  # halves of two pictures: neither thing is whole
        other = pictures.roll(1, dims=0)
        joined = torch.cat([pictures[..., :64], other[..., 64:]], dim=-1)
        none[:, 1:] = _OPEN
        return joined, none
    coarse = torch.randn(len(pictures), 2, 5, 5) * float(rng.uniform(0.3, 0.45))
    bend = F.interpolate(coarse, size=(data.SIZE, data.SIZE), mode="bicubic").permute(0, 2, 3, 1)
    line = torch.linspace(-1, 1, data.SIZE)
    grid = torch.stack(torch.meshgrid(line, line, indexing="xy"), dim=-1)
    bent = F.grid_sample(pictures, grid + bend, padding_mode="reflection", align_corners=True)
    none[:, 1:] = _OPEN
    return bent, none


def judge_loss(answers: list[Tensor], labels: Tensor) -> Tensor:
    """Mean cross-entropy of the four answers; labels `[n, 4]`, open ones left out."""
    losses = [
        F.cross_entropy(answer, labels[:, i], ignore_index=_OPEN, label_smoothing=0.02)
        for i, answer in enumerate(answers)
        if (labels[:, i] != _OPEN).any()
    ]
    return torch.stack(losses).sum() / len(NAMES)


@torch.no_grad()
def accuracies(network: JudgeNetwork, drawings: data.Drawings) -> list[float]:
    """The share of drawings whose thing, colour, place and style are named rightly."""
    right = np.zeros(len(NAMES))
    for start in range(0, len(drawings), 50):
        answers = network(to_tensor(drawings.pictures[start : start + 50]))
        names = drawings.names[start : start + 50]
        right += [(a.argmax(dim=1).numpy() == names[:, i]).sum() for i, a in enumerate(answers)]
    return [float(each) for each in right / len(drawings)]


def train_judge(
    minutes: float, *, work: Path = data.WORK, device: str = "cpu", weights: Path = WEIGHTS
) -> None:
    """Train for `minutes` and write the weights as fp16 safetensors."""
    torch.manual_seed(5)
    rng = np.random.default_rng(5)
    drawings = data.load(work)
    held_out = data.load(work, held_out=True)
    empty, empty_labels = _empty_places(600, rng)
    vae = load_vae(work).to(device) if (work / "vae.pt").exists() else None
    network = JudgeNetwork().to(device)
    optimizers = make_optimizers(network, muon_rate=MUON_RATE, adam_rate=ADAM_RATE)
    budget = Budget(minutes)
    progress = Progress("judge", budget, work)
    step, saved = 0, 0.0
    while budget.share < 1:
        set_rate(optimizers[0], budget.rate(MUON_RATE, step))
        set_rate(optimizers[1], budget.rate(ADAM_RATE, step))
        chosen = rng.integers(len(drawings), size=BATCH)
        pictures = to_tensor(drawings.pictures[chosen])
        labels = torch.from_numpy(drawings.names[chosen].astype(np.int64))
        ruined = BATCH // 5
        if step % 2 == 0:
            picked = rng.integers(len(empty), size=ruined)
            pictures[:ruined] = to_tensor(empty[picked])
            labels[:ruined] = torch.from_numpy(empty_labels[picked])
        else:
            pictures[:ruined], labels[:ruined] = _ruin(pictures[:ruined], labels[:ruined], rng)
        if vae is not None and step % 5 == 0:
            with torch.no_grad():
                latents = vae.encode(pictures[-4:].to(device)).latent_dist.mean
                latents = latents + float(rng.uniform(0, 0.15)) * torch.randn_like(latents)
                pictures[-4:] = vae.decode(latents).sample.cpu()
        mirrored = torch.from_numpy(rng.random(BATCH) < 0.5)
        pictures[mirrored] = pictures[mirrored].flip(-1)
        answers = network(_spoil(pictures, rng).to(device))
        loss = judge_loss(answers, labels.to(device))
        network.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        progress.update(step, loss.item())
        if budget.spent - saved > 90 or budget.share >= 1:
            saved = budget.spent
            shares = accuracies(network.cpu().eval(), held_out)
            progress.say("right " + " ".join(f"{each:.3f}" for each in shares))
            network.to(device).train()
            weights.parent.mkdir(parents=True, exist_ok=True)
            state = {name: each.half().cpu() for name, each in network.state_dict().items()}
            save_file(state, weights)
            save_checkpoint(work / "judge.pt", network.state_dict())
    progress.close()
