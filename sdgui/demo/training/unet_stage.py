"""Training the UNet on cached latents: velocity, more weight on noise, captions left out at times.

On the CPU it runs as one single-threaded process per core that average their gradients, so that
a busy core delays a step and not every operation in it. With CUDA it is one process.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from diffusers import UNet2DConditionModel
from torch import Tensor
from tqdm import tqdm

from sdgui.demo.training import data
from sdgui.demo.training.clip_stage import load_clip, tokenize
from sdgui.demo.training.muon import make_optimizers
from sdgui.demo.training.networks import FACTOR, LATENT_CHANNELS, TOKENS, alphas_cumprod, make_unet
from sdgui.demo.training.schedule import (
    Average,
    Budget,
    Progress,
    cosine_rate,
    load_checkpoint,
    save_checkpoint,
    set_rate,
)
from sdgui.demo.training.vae_stage import load_vae, to_tensor

BATCH = 32
CUDA_BATCH = 256
ADAM_RATE = 1.5e-3
MUON_RATE = 2e-3
CAPTIONS_EACH = 6
NO_CAPTION = 0.1
MIN_SNR = 5.0
EMA = 0.998
SAVE_EVERY = 300.0
"""Seconds between checkpoints."""


def encode_all(work: Path = data.WORK, device: str = "cpu") -> None:
    """Write the latents of all training drawings, `[n, 4, 32, 32]` in fp16, a file per chunk."""
    paths = sorted((work / "scenes").glob("train-????.npz"))
    (work / "latents").mkdir(exist_ok=True)
    missing = [each for each in paths if not _latents_of(each).exists()]
    if not missing:
        return
    if device != "cpu":
        for path in tqdm(missing, desc="encoding"):
            _encode((path, work, device))
        return
    with mp.get_context("spawn").Pool(os.cpu_count(), torch.set_num_threads, (1,)) as pool:
        jobs = [(path, work, device) for path in missing]
        for _ in tqdm(pool.imap(_encode, jobs), total=len(jobs), desc="encoding"):
            pass


def _latents_of(scenes: Path) -> Path:
    return scenes.parents[1] / "latents" / f"{scenes.stem}.npy"


@torch.no_grad()
def _encode(job: tuple[Path, Path, str]) -> None:
    path, work, device = job
    vae = load_vae(work).to(device, memory_format=torch.channels_last)
    pictures = np.load(path)["pictures"]
    side = data.SIZE // FACTOR
    latents = np.empty((len(pictures), LATENT_CHANNELS, side, side), dtype=np.float16)
    for start in range(0, len(pictures), 8):
        part = to_tensor(pictures[start : start + 8]).to(device)
        mean = vae.encode(part).latent_dist.mean
        latents[start : start + len(part)] = mean.cpu().numpy()
    target = _latents_of(path)
    unfinished = target.with_suffix(".partial")
    with unfinished.open("wb") as file:
        np.save(file, latents)
    unfinished.replace(target)


def _read_latents(work: Path) -> np.ndarray:
    """Latents of the chunks encoded so far, from the first one on."""
    paths = sorted((work / "latents").glob("train-????.npy"))
    if not paths:
        raise FileNotFoundError(f"No latents in {work}: encode the drawings first.")
    return np.concatenate([np.load(path) for path in paths])


class Noising:
    """Timesteps, weights and velocities of training."""

    def __init__(self, device: str) -> None:
        alphas = alphas_cumprod().to(device)
        self.signal, self.noise = alphas.sqrt(), (1 - alphas).sqrt()
        # Min-SNR (arXiv 2303.09556) for velocities, but noise beyond SNR 5 keeps all its weight:
        # there the composition is decided. Timesteps are drawn by weight, so the loss has none.
        snr = alphas / (1 - alphas)
        weights = (MIN_SNR / (snr + 1)).clamp(max=1.0)
        self._cumulative = torch.cumsum(weights / weights.sum(), dim=0)

    def timesteps(self, n: int) -> Tensor:
        """`n` timesteps drawn by weight, spread evenly over its quantiles."""
        device = self._cumulative.device
        quantiles = (torch.arange(n, device=device) + torch.rand(n, device=device)) / n
        return torch.searchsorted(self._cumulative, quantiles).clamp(max=999)

    def loss(self, unet: UNet2DConditionModel, clean: Tensor, text: Tensor) -> Tensor:
        """Mean squared error of the velocity (arXiv 2202.00512) at random timesteps."""
        steps, noise = self.timesteps(len(clean)), torch.randn_like(clean)
        signal = self.signal[steps][:, None, None, None]
        sigma = self.noise[steps][:, None, None, None]
        noisy, velocity = signal * clean + sigma * noise, signal * noise - sigma * clean
        made = unet(noisy, steps, encoder_hidden_states=text, return_dict=False)[0]
        return (made.float() - velocity).square().mean()


class _Samples:
    """Latents with one of their captions each; at times mirrored, at times with no caption."""

    def __init__(self, work: Path) -> None:
        self.latents = _read_latents(work)
        drawings = data.load(work, limit=len(self.latents), pictures=False)
        captions = drawings.captions(CAPTIONS_EACH, seed=3)
        ids = tokenize([each for group in captions for each in group], work / "tokenizer")
        self.ids = ids.reshape(len(self.latents), CAPTIONS_EACH, TOKENS)
        self.nothing = tokenize([""], work / "tokenizer")[0]

    def draw(self, n: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Latents `[n, 4, 32, 32]` and token ids `[n, 77]`."""
        chosen = rng.integers(len(self.latents), size=n)
        clean = torch.from_numpy(self.latents[chosen]).float()
        mirrored = torch.from_numpy(rng.random(n) < 0.5)
        clean[mirrored] = clean[mirrored].flip(-1)
        tokens = self.ids[chosen, rng.integers(CAPTIONS_EACH, size=n)]
        tokens[rng.random(n) < NO_CAPTION] = self.nothing
        return clean, torch.from_numpy(tokens.astype(np.int64))


class _Learner:
    """The UNet, its average and its optimizers: what a checkpoint holds."""

    def __init__(self, device: str, ranks: int) -> None:
        self.unet = make_unet().to(device)
        self.optimizers = make_optimizers(
            self.unet, muon_rate=MUON_RATE, adam_rate=ADAM_RATE, ranks=ranks
        )
        self.average = Average(self.unet, EMA)
        self.step, self._device, self._ranks = 0, device, ranks

    def load(self, path: Path) -> float:
        """Read a checkpoint; the seconds it had spent."""
        state = load_checkpoint(path)
        self.unet.load_state_dict(state["unet"])
        values = state["average"].items()
        self.average.values = {name: each.to(self._device) for name, each in values}
        for optimizer, old in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(old)
        self.step = state["step"]
        return float(state["spent"])

    def adopt(self, path: Path) -> None:
        """Begin with the weights of an average; the optimizers begin anew."""
        self.unet.load_state_dict(load_checkpoint(path))
        self.average = Average(self.unet, EMA)

    def save(self, work: Path, spent: float) -> None:
        """Write a checkpoint, and the average by itself."""
        state = {
            "unet": self.unet.state_dict(),
            "average": self.average.values,
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "step": self.step,
            "spent": spent,
        }
        save_checkpoint(work / "unet-training.pt", state)
        save_checkpoint(work / "unet.pt", self.average.values)

    def learn(self, loss: Tensor, budget_rate: Callable[[float, int], float]) -> None:
        """One step down the gradient of a loss."""
        for optimizer, peak in zip(self.optimizers, (MUON_RATE, ADAM_RATE), strict=True):
            set_rate(optimizer, budget_rate(peak, self.step))
        self.unet.zero_grad()
        loss.backward()
        _average_gradients(self.unet, self._ranks)
        torch.nn.utils.clip_grad_norm_(self.unet.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.average.update(self.unet, self.step)
        self.step += 1


def _average_gradients(unet: UNet2DConditionModel, ranks: int) -> None:
    if ranks == 1:
        return
    gradients = [each.grad for each in unet.parameters() if each.grad is not None]
    flat = torch.cat([each.flatten() for each in gradients])
    dist.all_reduce(flat)
    flat /= ranks
    start = 0
    for each in gradients:
        each.copy_(flat[start : start + each.numel()].view_as(each))
        start += each.numel()


def _train_rank(
    rank: int, ranks: int, minutes: float, work: Path, device: str, resume: bool,
    export: Callable[[], object] | None,
) -> None:  # fmt: skip
    if ranks > 1:
        torch.set_num_threads(1)
        meeting = f"file://{work / 'meeting'}"
        dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=ranks)
    torch.manual_seed(3)  # the same start on every rank
    samples, noising, learner = _Samples(work), Noising(device), _Learner(device, ranks)
    text_model = load_clip(work).text_model.to(device)
    path, spent = work / "unet-training.pt", 0.0
    if resume and path.exists():
        spent = learner.load(path)
    elif resume and (work / "unet.pt").exists():
        learner.adopt(work / "unet.pt")
    budget = Budget(minutes, spent)
    torch.manual_seed(3 + 1000 * learner.step + rank)
    rng = np.random.default_rng([3, learner.step, rank])
    progress = Progress("unet", budget, work) if rank == 0 else None
    saved = budget.spent
    own = BATCH // ranks if device == "cpu" else CUDA_BATCH
    share = _agreed(budget.share, ranks)
    while share < 1:
        clean, tokens = samples.draw(own, rng)
        with torch.no_grad():
            text = text_model(input_ids=tokens.to(device)).last_hidden_state
        with torch.autocast(device, torch.bfloat16, enabled=device != "cpu"):
            loss = noising.loss(learner.unet, clean.to(device), text)
        learner.learn(loss, partial(cosine_rate, share))
        share = _agreed(budget.share, ranks)
        if progress is not None:
            progress.update(learner.step, loss.item())
        if rank == 0 and (budget.spent - saved > SAVE_EVERY or share >= 1):
            saved = budget.spent
            learner.save(work, saved)
            if export is not None:
                export()
    if progress is not None:
        progress.close()
    if ranks > 1:
        dist.destroy_process_group()


def ranks_on(device: str) -> int:
    """How many processes train: one per core, but none without a drawing of the batch."""
    return min(os.cpu_count() or 1, BATCH) if device == "cpu" else 1


def _agreed(share: float, ranks: int) -> float:
    """The share of time that rank 0 has spent, so that all take the same step and end together."""
    if ranks == 1:
        return share
    first = torch.tensor([share], dtype=torch.float64)
    dist.broadcast(first, src=0)
    return first.item()


def train_unet(
    minutes: float, *, work: Path = data.WORK, device: str = "cpu", resume: bool = False,
    export: Callable[[], object] | None = None,
) -> None:  # fmt: skip
    """Train for `minutes` and write `unet.pt`, the average; `export` is called at each checkpoint."""
    ranks = ranks_on(device)
    (work / "meeting").unlink(missing_ok=True)
    arguments = (ranks, minutes, work, device, resume, export)
    if ranks == 1:
        _train_rank(0, *arguments)
    else:
        # Otherwise glibc gives large tensors back to the system at every step, for a third of the time.
        os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(2**30))
        os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(2**32))
        mp.start_processes(_train_rank, args=arguments, nprocs=ranks, start_method="spawn")


def load_unet(work: Path = data.WORK) -> UNet2DConditionModel:
    """The trained UNet (its average), ready to use."""
    unet = make_unet()
    unet.load_state_dict(load_checkpoint(work / "unet.pt"))
    return unet.eval().requires_grad_(False)
