"""Training the VAE on random crops; at the end its latents are shifted and scaled to unit size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor

from sdgui.demo.training import data
from sdgui.demo.training.muon import make_optimizers
from sdgui.demo.training.networks import FACTOR, LATENT_CHANNELS, make_vae
from sdgui.demo.training.schedule import (
    Budget,
    Progress,
    load_checkpoint,
    save_checkpoint,
    set_rate,
)

CROP = 64
BATCH = 8
ADAM_RATE = 2e-3
MUON_RATE = 2e-3
KL_WEIGHT = 5e-5
DECODER_RATE = 1e-3
DECODER_NOISE = (0.15, 0.15, 0.15, 0.5)
"""At most, per latent channel; each crop gets its own amount. The last one holds fine edges."""


def to_tensor(pictures: np.ndarray) -> Tensor:
    """uint8 pictures `[n, h, w, 3]` as a tensor `[n, 3, h, w]` from -1 to 1."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def _crops(pictures: np.ndarray, rng: np.random.Generator) -> Tensor:
    chosen = rng.integers(len(pictures), size=BATCH)
    corners = rng.integers((pictures.shape[1] - CROP) // FACTOR + 1, size=(BATCH, 2)) * FACTOR
    crops = [
        pictures[i, y : y + CROP, x : x + CROP] for i, (y, x) in zip(chosen, corners, strict=True)
    ]
    return to_tensor(np.stack(crops))


def picture_loss(error: Tensor, edges: float) -> Tensor:
    """Absolute and squared error, and that of horizontal and vertical edges, weighted."""
    loss = error.abs().mean() + 2 * error.square().mean()
    if edges > 0:
        across, down = error.diff(dim=-1).abs().mean(), error.diff(dim=-2).abs().mean()
        loss = loss + edges * (across + down)
    return loss


def vae_loss(vae: AutoencoderKL, pictures: Tensor, edges: float) -> Tensor:
    """Difference of pictures, of their edges (weighted by `edges`), and a little KL.

    Half of the latents are mirrored before decoding, and so are their pictures: the diffusion
    stage may then mirror latents instead of encoding mirrored pictures.
    """
    posterior = vae.encode(pictures).latent_dist
    latents = posterior.sample()
    half = len(pictures) // 2
    latents = torch.cat([latents[:half], latents[half:].flip(-1)])
    wanted = torch.cat([pictures[:half], pictures[half:].flip(-1)])
    error = vae.decode(latents).sample - wanted
    loss = picture_loss(error, edges)
    kl = 0.5 * (posterior.mean.square() + posterior.var - 1 - posterior.logvar).mean()
    return loss + KL_WEIGHT * kl


@torch.no_grad()
def normalise_latents(vae: AutoencoderKL, pictures: Tensor) -> None:
    """Fold mean and size of each latent channel into the 1×1 convolutions around the latents.

    Pictures decode as before; the latents of `pictures` have mean 0 and variance 1 per channel.
    """
    latents = torch.cat([vae.encode(part).latent_dist.mean for part in pictures.split(16)])
    mean = latents.mean(dim=(0, 2, 3))
    size = latents.std(dim=(0, 2, 3))
    before, after = vae.quant_conv, vae.post_quant_conv
    before.bias[:LATENT_CHANNELS] = (before.bias[:LATENT_CHANNELS] - mean) / size
    before.weight[:LATENT_CHANNELS] /= size[:, None, None, None]
    before.bias[LATENT_CHANNELS:] -= 2 * size.log()
    after.bias += (after.weight[:, :, 0, 0] * mean).sum(dim=1)
    after.weight *= size[None, :, None, None]


@torch.no_grad()
def psnr(vae: AutoencoderKL, pictures: np.ndarray) -> float:
    """Mean over pictures of the peak signal-to-noise ratio after encoding and decoding, in dB."""
    ratios = []
    for start in range(0, len(pictures), 16):
        wanted = to_tensor(pictures[start : start + 16]).to(vae.device)
        made = vae.decode(vae.encode(wanted).latent_dist.mean).sample.clamp(-1, 1)
        error = ((made - wanted) / 2).square().mean(dim=(1, 2, 3)).clamp(min=1e-10)
        ratios += (-10 * error.log10()).tolist()
    return float(np.mean(ratios))


def train_vae(
    minutes: float, *, work: Path = data.WORK, device: str = "cpu", resume: bool = False
) -> None:
    """Train for `minutes` and write `vae.pt` (a checkpoint each two minutes on the way)."""
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    pictures = data.load(work).pictures
    held_out = data.load(work, held_out=True).pictures[:64]
    vae = make_vae().to(device, memory_format=torch.channels_last)
    optimizers = make_optimizers(vae, muon_rate=MUON_RATE, adam_rate=ADAM_RATE)
    step, spent = 0, 0.0
    path = work / "vae-training.pt"
    if resume and path.exists():
        state = load_checkpoint(path)
        vae.load_state_dict(state["vae"])
        for optimizer, old in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(old)
        step, spent = state["step"], state["spent"]
        rng = np.random.default_rng([1, step])
    budget = Budget(minutes, spent)
    progress = Progress("vae", budget, work)
    saved = budget.spent
    while budget.share < 1:
        set_rate(optimizers[0], budget.rate(MUON_RATE, step))
        set_rate(optimizers[1], budget.rate(ADAM_RATE, step))
        edges = 0.0 if budget.share < 0.3 else 0.3
        loss = vae_loss(vae, _crops(pictures, rng).to(device), edges)
        vae.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        progress.update(step, loss.item())
        if budget.spent - saved > 120:
            saved = budget.spent
            state = {"vae": vae.state_dict()}
            state["optimizers"] = [optimizer.state_dict() for optimizer in optimizers]
            save_checkpoint(path, {**state, "step": step, "spent": saved})
            progress.say(f"PSNR {psnr(vae, held_out):.2f} dB on held-out drawings")
    progress.close()
    sample = rng.choice(len(pictures), size=min(512, len(pictures)), replace=False)
    normalise_latents(vae, to_tensor(pictures[sample]).to(device))
    progress.say(f"PSNR {psnr(vae, held_out):.2f} dB on held-out drawings, done")
    save_checkpoint(work / "vae.pt", vae.state_dict())


def train_decoder(minutes: float, *, work: Path = data.WORK, device: str = "cpu") -> None:
    """Go on with the decoder alone and write `vae.pt` again: latents keep their meaning.

    Latents get noise, as those of the diffusion stage are not perfect either.
    """
    torch.manual_seed(4)
    rng = np.random.default_rng(4)
    pictures = data.load(work).pictures
    held_out = data.load(work, held_out=True).pictures[:64]
    vae = load_vae(work).to(device, memory_format=torch.channels_last)
    trained = [*vae.decoder.parameters(), *vae.post_quant_conv.parameters()]
    for parameter in trained:
        parameter.requires_grad_(True)
    optimizers = make_optimizers(vae, muon_rate=DECODER_RATE, adam_rate=DECODER_RATE)
    budget = Budget(minutes)
    progress = Progress("decoder", budget, work)
    step, saved = 0, 0.0
    progress.say(f"PSNR {psnr(vae, held_out):.2f} dB on held-out drawings, before")
    while budget.share < 1:
        for optimizer in optimizers:
            set_rate(optimizer, budget.rate(DECODER_RATE, step, warmup=30))
        wanted = _crops(pictures, rng).to(device)
        with torch.no_grad():
            latents = vae.encode(wanted).latent_dist.mean
            most = torch.tensor(DECODER_NOISE, device=device)[:, None, None]
            amount = most * torch.rand(len(latents), LATENT_CHANNELS, 1, 1, device=device)
            noisy = latents + amount * torch.randn_like(latents)
        half = len(wanted) // 2
        noisy = torch.cat([noisy[:half], noisy[half:].flip(-1)])
        wanted = torch.cat([wanted[:half], wanted[half:].flip(-1)])
        loss = picture_loss(vae.decode(noisy).sample - wanted, edges=0.3)
        vae.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        progress.update(step, loss.item())
        if budget.spent - saved > 120 or budget.share >= 1:
            saved = budget.spent
            progress.say(f"PSNR {psnr(vae, held_out):.2f} dB on held-out drawings")
            if budget.share > 0.6:
                save_checkpoint(work / "vae.pt", vae.state_dict())
    progress.close()


def load_vae(work: Path = data.WORK) -> AutoencoderKL:
    """The trained VAE, ready to use."""
    vae = make_vae()
    vae.load_state_dict(load_checkpoint(work / "vae.pt"))
    return vae.eval().requires_grad_(False)
