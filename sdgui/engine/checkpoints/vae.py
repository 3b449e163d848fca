"""The VAE of Stable Diffusion in its first layout: config and tensors.

https://github.com/CompVis/latent-diffusion
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sdgui.engine.checkpoints.stored import Shape, Stored, conv, norm, pairs

PREFIX = "first_stage_model."
GROUPS = 32


@dataclass(frozen=True, kw_only=True)
class VAE:
    """The shape of a VAE: channels by level, the highest resolution first; `square`: attention is written as
    convolutions, of one pixel."""

    channels: tuple[int, ...]
    layers: int
    latent: int
    quantised: bool
    square: bool

    def config(self, *, sample_size: int, scaling_factor: float) -> dict[str, Any]:
        """Diffusers' config."""
        levels = len(self.channels)
        return {
            "_class_name": "AutoencoderKL",
            "act_fn": "silu",
            "block_out_channels": list(self.channels),
            "down_block_types": ["DownEncoderBlock2D"] * levels,
            "in_channels": 3,
            "latent_channels": self.latent,
            "layers_per_block": self.layers,
            "norm_num_groups": GROUPS,
            "out_channels": 3,
            "sample_size": sample_size,
            "scaling_factor": scaling_factor,
            "up_block_types": ["UpDecoderBlock2D"] * levels,
            "use_post_quant_conv": self.quantised,
            "use_quant_conv": self.quantised,
        }

    def tensors(self) -> Iterator[Stored]:
        """Every tensor, with the names that it has in the file behind PREFIX."""
        first, last, levels = self.channels[0], self.channels[-1], len(self.channels)
        yield from conv("encoder.conv_in", "encoder.conv_in", first, 3)
        into = first
        for level, channels in enumerate(self.channels):
            block, place = f"encoder.down_blocks.{level}", f"encoder.down.{level}"
            for layer in range(self.layers):
                yield from _res(
                    f"{block}.resnets.{layer}", f"{place}.block.{layer}", channels, into
                )
                into = channels
            if level < levels - 1:
                name = f"{block}.downsamplers.0.conv"
                yield from conv(name, f"{place}.downsample.conv", channels, channels)
        yield from self._middle("encoder", last)
        yield from norm("encoder.conv_norm_out", "encoder.norm_out", last)
        yield from conv("encoder.conv_out", "encoder.conv_out", 2 * self.latent, last)
        yield from conv("decoder.conv_in", "decoder.conv_in", last, self.latent)
        yield from self._middle("decoder", last)
        into = last
        for number, level in enumerate(reversed(range(levels))):
            block, place, channels = (
                f"decoder.up_blocks.{number}",
                f"decoder.up.{level}",
                self.channels[level],
            )
            for layer in range(self.layers + 1):
                yield from _res(
                    f"{block}.resnets.{layer}", f"{place}.block.{layer}", channels, into
                )
                into = channels
            if level:
                name = f"{block}.upsamplers.0.conv"
                yield from conv(name, f"{place}.upsample.conv", channels, channels)
        yield from norm("decoder.conv_norm_out", "decoder.norm_out", first)
        yield from conv("decoder.conv_out", "decoder.conv_out", 3, first)
        if self.quantised:
            yield from conv("quant_conv", "quant_conv", 2 * self.latent, 2 * self.latent, 1)
            yield from conv("post_quant_conv", "post_quant_conv", self.latent, self.latent, 1)

    def _middle(self, half: str, channels: int) -> Iterator[Stored]:
        name, original = f"{half}.mid_block", f"{half}.mid"
        for number in (0, 1):
            place = f"{original}.block_{number + 1}"
            yield from _res(f"{name}.resnets.{number}", place, channels, channels)
        attention, place = f"{name}.attentions.0", f"{original}.attn_1"
        yield from norm(f"{attention}.group_norm", f"{place}.norm", channels)
        flat = (channels, channels)
        stored = (*flat, 1, 1) if self.square else flat
        for one, other in (("to_q", "q"), ("to_k", "k"), ("to_v", "v"), ("to_out.0", "proj_out")):
            yield from pairs(
                f"{attention}.{one}", f"{place}.{other}", flat, bias=(channels,), stored=stored
            )


def _res(name: str, original: str, out: int, into: int) -> Iterator[Stored]:
    for number, channels in ((1, into), (2, out)):
        yield from norm(f"{name}.norm{number}", f"{original}.norm{number}", channels)
        yield from conv(f"{name}.conv{number}", f"{original}.conv{number}", out, channels)
    if out != into:
        yield from conv(f"{name}.conv_shortcut", f"{original}.nin_shortcut", out, into, 1)


def read_vae(shapes: Mapping[str, Shape]) -> VAE:
    """The VAE whose tensors these are, by their names behind PREFIX; LookupError or ValueError when it is none."""
    levels = layers = 0
    while f"encoder.down.{levels}.block.0.conv2.weight" in shapes:
        levels += 1
    while f"encoder.down.0.block.{layers}.conv2.weight" in shapes:
        layers += 1
    if not levels:
        raise ValueError("a VAE of another make")
    return VAE(
        channels=tuple(
            shapes[f"encoder.down.{level}.block.0.conv2.weight"][0] for level in range(levels)
        ),
        layers=layers,
        latent=shapes["decoder.conv_in.weight"][1],
        quantised="quant_conv.weight" in shapes,
        square=len(shapes["encoder.mid.attn_1.q.weight"]) == 4,
    )
