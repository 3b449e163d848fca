"""A linear map from latents to colours, fitted once to each VAE: a preview for almost nothing."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F

from sdgui.engine.families.family import Family

Floats = npt.NDArray[np.float32]
SIDE = 128
LATENTS = 16
"""Latents along a side that a picture has at least: drawn larger for a VAE that makes less of 128 pixels."""
PICTURES = 6


@dataclass(frozen=True, kw_only=True)
class PreviewMap:
    """Colour = matrix.T @ latent + bias, in 0 to 1: matrix (channels, 3), bias (3,)."""

    matrix: Floats
    bias: Floats

    def colours(self, latents: Floats) -> npt.NDArray[np.uint8]:
        """(pictures, channels, height, width) to (pictures, height, width, 3)."""
        colours = np.einsum("nchw,ck->nhwk", latents, self.matrix) + self.bias
        return (np.nan_to_num(colours).clip(0, 1) * 255).round().astype(np.uint8)


def fit_preview_map(family: Family, pipe: object, device: torch.device) -> PreviewMap:
    """Least squares from the latents of drawn pictures to the mean colours of what the VAE decodes them to."""
    dtype = next(pipe.vae.parameters()).dtype  # type: ignore[attr-defined]
    pairs = []
    with torch.inference_mode():
        for picture in _drawn_pictures(_fitting_side(family, pipe, device, dtype)):
            latents = family.encode_pixels(pipe, (2 * picture[None] - 1).to(device, dtype))
            decoded = family.decode(pipe, latents).float() / 2 + 0.5
            means = F.interpolate(decoded.clamp(0, 1), latents.shape[-2:], mode="area")
            pairs.append((latents.float().cpu(), means.cpu()))
    latents, colours = (torch.cat(part) for part in zip(*pairs, strict=True))
    rows = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1])
    known = torch.cat([rows, torch.ones(len(rows), 1)], dim=1).double()
    wanted = colours.permute(0, 2, 3, 1).reshape(-1, 3).double()
    finite = (known.isfinite() & wanted.isfinite().all(dim=1, keepdim=True)).all(dim=1)
    if finite.sum() < known.shape[1]:  # an encoder that overflows in half precision: grey previews
        return PreviewMap(
            matrix=np.zeros((known.shape[1] - 1, 3), np.float32),
            bias=np.full(3, 0.5, np.float32),
        )
    solution = torch.linalg.lstsq(known[finite], wanted[finite]).solution.float().numpy()
    return PreviewMap(matrix=solution[:-1], bias=solution[-1])


def cached_preview_map(
    cache_dir: Path | None, vae_hash: str, family: Family, pipe: object, device: torch.device
) -> PreviewMap:
    """The map of a VAE by the hash of its content, fitted when it is not in the cache."""
    file = None if cache_dir is None else cache_dir / "preview_maps" / f"{vae_hash}.json"
    if file is not None and file.is_file():
        try:
            numbers = np.asarray(json.loads(file.read_text(encoding="utf-8")), np.float32)
            if numbers.ndim == 2 and numbers.shape[1] == 3:
                return PreviewMap(matrix=numbers[:-1], bias=numbers[-1])
        except (OSError, ValueError, RecursionError):
            pass  # a damaged cache file is written anew
    fitted = fit_preview_map(family, pipe, device)
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps([*fitted.matrix.tolist(), fitted.bias.tolist()]))
        except OSError:
            pass  # it will be fitted again next time
    return fitted


def _fitting_side(family: Family, pipe: object, device: torch.device, dtype: torch.dtype) -> int:
    """Pixels along a side of which the VAE makes enough latents."""
    grey = torch.zeros(1, 3, SIDE, SIDE).to(device, dtype)
    made = family.encode_pixels(pipe, grey).shape[-1]
    return SIDE if made >= LATENTS else SIDE * LATENTS // made


def _drawn_pictures(side: int) -> torch.Tensor:
    """(PICTURES, 3, side, side) in 0 to 1: gradients between random colours, and coloured discs and bars on them."""
    generator = torch.Generator("cpu").manual_seed(0)

    def draw(*shape: int) -> torch.Tensor:
        return torch.rand(shape, generator=generator)

    y, x = torch.meshgrid(torch.linspace(0, 1, side), torch.linspace(0, 1, side), indexing="ij")
    pictures = []
    for _ in range(PICTURES):
        corners = draw(1, 3, 2, 2)
        picture = F.interpolate(corners, (side, side), mode="bilinear", align_corners=True)[0]
        for _ in range(6):
            centre, size, colour = draw(2), 0.08 + 0.2 * draw(2), draw(3, 1, 1)
            disc = ((x - centre[0]) / size[0]) ** 2 + ((y - centre[1]) / size[1]) ** 2 < 1
            bar = ((x - centre[0]).abs() < size[0]) & ((y - centre[1]).abs() < size[1])
            picture = torch.where(disc if draw(1) < 0.5 else bar, colour, picture)
        pictures.append(picture)
    return torch.stack(pictures)
