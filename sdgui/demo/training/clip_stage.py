"""Training CLIP: pictures and captions side by side, with heads that name what is in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import CLIPModel

from sdgui.demo.training import data
from sdgui.demo.training.captions import canonical_caption
from sdgui.demo.training.muon import Muon
from sdgui.demo.training.networks import TEXT_WIDTH, TOKENS, make_clip
from sdgui.demo.training.schedule import (
    Budget,
    Progress,
    load_checkpoint,
    save_checkpoint,
    set_rate,
)
from sdgui.demo.training.tokenizer import load_tokenizer
from sdgui.demo.training.vocabulary import COLOURS, PLACES, STYLES, THINGS

BATCH = 64
PEAK_RATE = 1e-3
ALIKE = 0.6
"""Share of batches whose pictures have two of colour, place and style in common.

Among pictures of chance these three tell nearly all apart, and CLIP would hardly learn the things.
"""
CAPTIONS_EACH = 6
SAVE_EVERY = 120.0
"""Seconds between checkpoints."""
KINDS = (len(THINGS), len(COLOURS), len(PLACES), len(STYLES))

# OpenAI's CLIP statistics are for photographs; ours map 0…255 to −1…1.
PICTURE_MEAN = PICTURE_STD = (0.5, 0.5, 0.5)


def tokenize(captions: list[str], folder: Path) -> np.ndarray:
    """Token ids `[n, 77]` as int16, padded with the end token."""
    tokenizer = load_tokenizer(folder)
    ids = tokenizer(captions, padding="max_length", max_length=TOKENS, truncation=True).input_ids
    return np.array(ids, dtype=np.int16)


class Names(nn.Module):
    """Linear heads for thing, colour, place and style; only used while CLIP is trained."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(width, kinds) for kinds in KINDS)

    def loss(self, features: Tensor, names: Tensor) -> Tensor:
        """Mean cross-entropy of the four answers; `names` is `[n, 4]`."""
        losses = [F.cross_entropy(h(features), names[:, i]) for i, h in enumerate(self.heads)]
        return torch.stack(losses).mean()


def contrastive_loss(logits: Tensor, names: Tensor) -> Tensor:
    """CLIP's symmetric loss (arXiv 2103.00020); pairs with the same four names do not repel."""
    same = (names[:, None] == names[None]).all(dim=-1)
    same.fill_diagonal_(False)
    logits = logits.masked_fill(same, -1e4)
    answer = torch.arange(len(logits), device=logits.device)
    return (F.cross_entropy(logits, answer) + F.cross_entropy(logits.T, answer)) / 2


@torch.no_grad()
def retrieval(clip: CLIPModel, drawings: data.Drawings, folder: Path, rounds: int = 15) -> float:
    """How often the caption of a picture is found among those of 64 different scenes.

    Captions name all four; scenes in one set of 64 differ in at least one of the names.
    """
    from sdgui.demo.training.vae_stage import to_tensor

    rng = np.random.default_rng(64)
    right = total = 0
    for _ in range(rounds):
        order = rng.permutation(len(drawings))
        _, first = np.unique(drawings.names[order], axis=0, return_index=True)
        chosen = order[np.sort(first)[:64]]
        captions = [canonical_caption(drawings.scene(i)) for i in chosen]
        ids = torch.from_numpy(tokenize(captions, folder).astype(np.int64)).to(clip.device)
        pictures = to_tensor(drawings.pictures[chosen]).to(clip.device)
        logits = clip(input_ids=ids, pixel_values=pictures).logits_per_image
        right += (logits.argmax(dim=1).cpu() == torch.arange(len(chosen))).sum().item()
        total += len(chosen)
    return right / total


class _Batches:
    """Draws the pictures of a batch, by chance or alike (see ALIKE)."""

    def __init__(self, names: np.ndarray) -> None:
        self._count = len(names)
        self._groups: list[np.ndarray] = []
        for pair in ([1, 2], [1, 3], [2, 3]):
            _, group = np.unique(names[:, pair], axis=0, return_inverse=True)
            order = np.argsort(group, kind="stable")
            parts = np.split(order, np.cumsum(np.bincount(group))[:-1])
            self._groups += [part for part in parts if len(part) >= BATCH]

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """Places of BATCH drawings."""
        if not self._groups or rng.random() >= ALIKE:
            return rng.integers(self._count, size=BATCH)
        return rng.choice(self._groups[rng.integers(len(self._groups))], BATCH, replace=False)


def _optimizers(networks: nn.Module) -> tuple[torch.optim.Optimizer, ...]:
    """Muon for the matrices of the transformers that are trained, AdamW for all else."""
    inside: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in networks.named_parameters():
        if parameter.requires_grad:
            matrix = parameter.ndim == 2 and ".encoder.layers." in name
            (inside if matrix else others).append(parameter)
    adam = torch.optim.AdamW(others, lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.02)
    return Muon(inside, lr=PEAK_RATE), adam


class _Samples:
    """Drawings with their captions as tokens."""

    def __init__(self, work: Path) -> None:
        self.drawings = data.load(work)
        captions = self.drawings.captions(CAPTIONS_EACH, seed=2)
        flat = tokenize([each for group in captions for each in group], work / "tokenizer")
        self._ids = flat.reshape(len(self.drawings), CAPTIONS_EACH, TOKENS)
        self._end = load_tokenizer(work / "tokenizer").eos_token_id
        self._batches = _Batches(self.drawings.names)

    def draw(self, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Token ids `[64, n]`, names `[64, 4]` and pictures `[64, 3, 128, 128]` of one batch."""
        chosen = self._batches.draw(rng)
        batch = self._ids[chosen, rng.integers(CAPTIONS_EACH, size=BATCH)].astype(np.int64)
        # Attention is causal: the state at the end token does not depend on the padding.
        longest = int((batch != self._end).sum(axis=1).max()) + 1
        names = torch.from_numpy(self.drawings.names[chosen].astype(np.int64))
        return (
            torch.from_numpy(batch[:, :longest]),
            names,
            _augmented(self.drawings.pictures[chosen], rng),
        )


class _Learner:
    """CLIP, its heads and its optimizers: what a checkpoint holds."""

    def __init__(self, work: Path, device: str, *, only_vision: bool) -> None:
        tokenizer = load_tokenizer(work / "tokenizer")
        clip = make_clip(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id).to(device)
        of_text, of_picture = Names(TEXT_WIDTH).to(device), Names(TEXT_WIDTH).to(device)
        self.clip, self._of_text, self._of_picture = clip, of_text, of_picture
        self._networks = nn.ModuleDict({"clip": clip, "of_text": of_text, "of_picture": of_picture})
        self.step = 0
        if only_vision:
            clip.load_state_dict(load_checkpoint(work / "clip.pt"))
            clip.text_model.requires_grad_(False)
        self._optimizers = _optimizers(self._networks)

    def load(self, path: Path) -> float:
        """Read a checkpoint; the seconds it had spent."""
        state = load_checkpoint(path)
        self._networks.load_state_dict(state["networks"])
        for optimizer, old in zip(self._optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(old)
        self.step = state["step"]
        return float(state["spent"])

    def save(self, path: Path, spent: float) -> None:
        """Write a checkpoint."""
        states = [optimizer.state_dict() for optimizer in self._optimizers]
        state = {"networks": self._networks.state_dict(), "optimizers": states}
        save_checkpoint(path, {**state, "step": self.step, "spent": spent})

    def learn(self, tokens: Tensor, names: Tensor, pictures: Tensor) -> tuple[float, float]:
        """One step on a batch; its contrastive loss and that of the names."""
        clip = self.clip
        seen = clip.vision_model(pixel_values=pictures).pooler_output
        read = clip.text_model(input_ids=tokens).pooler_output
        image = F.normalize(clip.visual_projection(seen), dim=-1)
        text = F.normalize(clip.text_projection(read), dim=-1)
        logits = clip.logit_scale.exp().clamp(max=100) * image @ text.T
        loss = contrastive_loss(logits, names)
        names_loss = self._of_text.loss(read, names) + self._of_picture.loss(seen, names)
        self._networks.zero_grad()
        (loss + names_loss).backward()
        torch.nn.utils.clip_grad_norm_(self._networks.parameters(), 1.0)
        for optimizer in self._optimizers:
            optimizer.step()
        self.step += 1
        return loss.item(), names_loss.item()

    def set_rate(self, rate: float) -> None:
        """The learning rate of the next step."""
        for optimizer in self._optimizers:
            set_rate(optimizer, rate)


def train_clip(
    minutes: float,
    *,
    work: Path = data.WORK,
    device: str = "cpu",
    resume: bool = False,
    only_vision: bool = False,
) -> None:
    """Train for `minutes` and write `clip.pt`.

    With `only_vision` the text side of `clip.pt` stays as it is, for the UNet was trained on it.
    """
    torch.manual_seed(2)
    rng = np.random.default_rng(2)
    samples, held_out = _Samples(work), data.load(work, held_out=True)
    learner = _Learner(work, device, only_vision=only_vision)
    clip, folder = learner.clip, work / "tokenizer"
    path, spent = work / ("vision-training.pt" if only_vision else "clip-training.pt"), 0.0
    if resume and path.exists():
        spent = learner.load(path)
        rng = np.random.default_rng([2, learner.step])
    budget = Budget(minutes, spent)
    progress = Progress("vision" if only_vision else "clip", budget, work)
    saved = budget.spent
    while budget.share < 1:
        learner.set_rate(budget.rate(PEAK_RATE, learner.step, warmup=200))
        loss, names_loss = learner.learn(*(each.to(device) for each in samples.draw(rng)))
        progress.update(learner.step, loss, f"names {names_loss:.3f}")
        if budget.spent - saved > SAVE_EVERY:
            saved = budget.spent
            learner.save(path, saved)
            share = retrieval(clip.eval(), held_out, folder, rounds=2)
            clip.train()
            progress.say(f"retrieval {share:.3f} of held-out, 1 in 64")
    progress.say(f"retrieval {retrieval(clip.eval(), held_out, folder):.3f} of held-out, done")
    progress.close()
    save_checkpoint(work / "clip.pt", clip.state_dict())


def _augmented(pictures: np.ndarray, rng: np.random.Generator) -> Tensor:
    """Mirrored half of the time and moved by up to 6 pixels, the edge repeated."""
    from sdgui.demo.training.vae_stage import to_tensor

    tensor = to_tensor(pictures)
    mirrored = torch.from_numpy(rng.random(len(tensor)) < 0.5)
    tensor[mirrored] = tensor[mirrored].flip(-1)
    padded = F.pad(tensor, (6, 6, 6, 6), mode="replicate")
    y, x = (int(i) for i in rng.integers(13, size=2))
    return padded[:, :, y : y + data.SIZE, x : x + data.SIZE]


def load_clip(work: Path = data.WORK) -> CLIPModel:
    """The trained CLIP, ready to use."""
    tokenizer = load_tokenizer(work / "tokenizer")
    clip = make_clip(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id)
    clip.load_state_dict(load_checkpoint(work / "clip.pt"))
    return clip.eval().requires_grad_(False)
