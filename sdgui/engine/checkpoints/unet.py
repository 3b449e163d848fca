"""The UNet of Stable Diffusion in its first layout: config and tensors.

https://github.com/CompVis/latent-diffusion
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sdgui.engine.checkpoints.stored import Shape, Stored, conv, linear, norm

PREFIX = "model.diffusion_model."
HEADS = 8
"""Of 1.x at every level; the others have as many as fit HEAD channels each."""
HEAD = 64
GROUPS = 32
TIME_IDS, TIME_ID = 6, 256
"""XL's sizes and crops, and the channels that each is written in."""


@dataclass(frozen=True, kw_only=True)
class UNet:
    """The shape of a UNet: channels and depth of attention by level, the highest resolution first."""

    into: int
    out: int
    channels: tuple[int, ...]
    layers: int
    depths: tuple[int, ...]
    middle: int
    cross: int
    linear: bool
    added: int | None

    def config(self, sample_size: int) -> dict[str, Any]:
        """Diffusers' config."""
        deep = any(depth > 1 for depth in self.depths)
        config: dict[str, Any] = {
            "_class_name": "UNet2DConditionModel",
            "act_fn": "silu",
            "attention_head_dim": [max(one // HEAD, 1) for one in self.channels]
            if self.linear
            else HEADS,
            "block_out_channels": list(self.channels),
            "center_input_sample": False,
            "cross_attention_dim": self.cross,
            "down_block_types": [_type(depth, "Down") for depth in self.depths],
            "downsample_padding": 1,
            "flip_sin_to_cos": True,
            "freq_shift": 0,
            "in_channels": self.into,
            "layers_per_block": self.layers,
            "mid_block_scale_factor": 1,
            "norm_eps": 1e-05,
            "norm_num_groups": GROUPS,
            "out_channels": self.out,
            "sample_size": sample_size,
            "transformer_layers_per_block": [max(depth, 1) for depth in self.depths] if deep else 1,
            "up_block_types": [_type(depth, "Up") for depth in reversed(self.depths)],
            "use_linear_projection": self.linear,
        }
        if self.added is not None:
            config |= {
                "addition_embed_type": "text_time",
                "addition_time_embed_dim": TIME_ID,
                "projection_class_embeddings_input_dim": self.added,
            }
        return config

    def tensors(self) -> Iterator[Stored]:
        """Every tensor, with the names that it has in the file behind PREFIX."""
        first, time = self.channels[0], 4 * self.channels[0]
        yield from linear("time_embedding.linear_1", "time_embed.0", time, first)
        yield from linear("time_embedding.linear_2", "time_embed.2", time, time)
        if self.added is not None:
            yield from linear("add_embedding.linear_1", "label_emb.0.0", time, self.added)
            yield from linear("add_embedding.linear_2", "label_emb.0.2", time, time)
        yield from conv("conv_in", "input_blocks.0.0", first, self.into)
        yield from self._down(time)
        last = self.channels[-1]
        yield from _res("mid_block.resnets.0", "middle_block.0", last, last, time)
        yield from self._attention("mid_block.attentions.0", "middle_block.1", last, self.middle)
        yield from _res("mid_block.resnets.1", "middle_block.2", last, last, time)
        yield from self._up(time)
        yield from norm("conv_norm_out", "out.0", first)
        yield from conv("conv_out", "out.2", self.out, first)

    def _down(self, time: int) -> Iterator[Stored]:
        into = self.channels[0]
        for level, (channels, depth) in enumerate(zip(self.channels, self.depths, strict=True)):
            block = f"down_blocks.{level}"
            for layer in range(self.layers):
                place = f"input_blocks.{(self.layers + 1) * level + layer + 1}"
                yield from _res(f"{block}.resnets.{layer}", f"{place}.0", channels, into, time)
                if depth:
                    name = f"{block}.attentions.{layer}"
                    yield from self._attention(name, f"{place}.1", channels, depth)
                into = channels
            if level < len(self.channels) - 1:
                place = f"input_blocks.{(self.layers + 1) * (level + 1)}.0.op"
                yield from conv(f"{block}.downsamplers.0.conv", place, channels, channels)

    def _kept(self) -> list[int]:
        """Channels of what the way down keeps for the way up, in its order."""
        kept = [self.channels[0]]
        for level, channels in enumerate(self.channels):
            kept += [channels] * (self.layers + (level < len(self.channels) - 1))
        return kept

    def _up(self, time: int) -> Iterator[Stored]:
        into, kept = self.channels[-1], self._kept()
        for number, level in enumerate(reversed(range(len(self.channels)))):
            block, channels, depth = f"up_blocks.{number}", self.channels[level], self.depths[level]
            for layer in range(self.layers + 1):
                place = f"output_blocks.{(self.layers + 1) * number + layer}"
                joined = into + kept.pop()
                yield from _res(f"{block}.resnets.{layer}", f"{place}.0", channels, joined, time)
                if depth:
                    name = f"{block}.attentions.{layer}"
                    yield from self._attention(name, f"{place}.1", channels, depth)
                into = channels
            if level:
                place += f".{2 if depth else 1}.conv"
                yield from conv(f"{block}.upsamplers.0.conv", place, channels, channels)

    def _attention(self, name: str, original: str, channels: int, depth: int) -> Iterator[Stored]:
        def project(part: str) -> Iterator[Stored]:
            if self.linear:
                return linear(f"{name}.{part}", f"{original}.{part}", channels, channels)
            return conv(f"{name}.{part}", f"{original}.{part}", channels, channels, 1)

        yield from norm(f"{name}.norm", f"{original}.norm", channels)
        yield from project("proj_in")
        for number in range(depth):
            same = f"transformer_blocks.{number}"
            yield from _block(f"{name}.{same}", f"{original}.{same}", channels, self.cross)
        yield from project("proj_out")


def _block(name: str, original: str, channels: int, cross: int) -> Iterator[Stored]:
    for one in ("norm1", "norm2", "norm3"):
        yield from norm(f"{name}.{one}", f"{original}.{one}", channels)
    for attention, seen in (("attn1", channels), ("attn2", cross)):
        for part, into in (("to_q", channels), ("to_k", seen), ("to_v", seen)):
            one = f"{attention}.{part}"
            yield from linear(f"{name}.{one}", f"{original}.{one}", channels, into, bias=False)
        one = f"{attention}.to_out.0"
        yield from linear(f"{name}.{one}", f"{original}.{one}", channels, channels)
    for one, out, into in (("ff.net.0.proj", 8, 1), ("ff.net.2", 1, 4)):
        yield from linear(f"{name}.{one}", f"{original}.{one}", out * channels, into * channels)


def _res(name: str, original: str, out: int, into: int, time: int) -> Iterator[Stored]:
    yield from norm(f"{name}.norm1", f"{original}.in_layers.0", into)
    yield from conv(f"{name}.conv1", f"{original}.in_layers.2", out, into)
    yield from linear(f"{name}.time_emb_proj", f"{original}.emb_layers.1", out, time)
    yield from norm(f"{name}.norm2", f"{original}.out_layers.0", out)
    yield from conv(f"{name}.conv2", f"{original}.out_layers.3", out, out)
    if out != into:
        yield from conv(f"{name}.conv_shortcut", f"{original}.skip_connection", out, into, 1)


def _type(depth: int, way: str) -> str:
    return f"CrossAttn{way}Block2D" if depth else f"{way}Block2D"


def read_unet(shapes: Mapping[str, Shape]) -> UNet:
    """The UNet whose tensors these are, by their names behind PREFIX; LookupError or ValueError when it is none."""
    numbers = {
        int(name.split(".")[1])
        for name in shapes
        if name.startswith("input_blocks.") and name.split(".")[1].isdigit()
    }
    downs = sorted(one for one in numbers if f"input_blocks.{one}.0.op.weight" in shapes)
    layers = (downs[0] if downs else max(numbers) + 1) - 1
    firsts = [(layers + 1) * level + 1 for level in range(len(downs) + 1)]
    channels = tuple(shapes[f"input_blocks.{one}.0.out_layers.3.weight"][0] for one in firsts)
    depths = tuple(_depth(shapes, f"input_blocks.{one}.1") for one in firsts)
    middle = _depth(shapes, "middle_block.1")
    if layers < 1 or not any(depths) or middle != max(depths[-1], 1):
        raise ValueError("a UNet of another make")
    attended = f"input_blocks.{next(f for f, depth in zip(firsts, depths, strict=True) if depth)}.1"
    added = shapes.get("label_emb.0.0.weight")
    return UNet(
        into=shapes["input_blocks.0.0.weight"][1],
        out=shapes["out.2.weight"][0],
        channels=channels,
        layers=layers,
        depths=depths,
        middle=middle,
        cross=shapes[f"{attended}.transformer_blocks.0.attn2.to_k.weight"][1],
        linear=len(shapes[f"{attended}.proj_in.weight"]) == 2,
        added=None if added is None else added[1],
    )


def _depth(shapes: Mapping[str, Shape], place: str) -> int:
    depth = 0
    while f"{place}.transformer_blocks.{depth}.norm1.weight" in shapes:
        depth += 1
    return depth
