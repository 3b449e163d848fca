"""CLIP's text encoders in the layouts of transformers and of OpenCLIP: config and tensors.

https://github.com/mlfoundations/open_clip
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sdgui.engine.checkpoints.stored import Shape, Stored, linear, norm, pairs, plain

HEAD = 64
"""Channels of a head, in every CLIP that draws."""
START, END = 49406, 49407
LAYERS_OF_H = 24
"""Of ViT-H, whose last one Stable Diffusion 2 was trained without."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """The shape of a text encoder; `projection` is as wide as what it pools, None where that is not used.

    `inner` is the name of the transformer's own level in the module that is loaded, and `stored` that in the file.
    """

    words: int
    positions: int
    width: int
    layers: int
    wide: int
    open: bool
    projection: int | None = None
    stored: str = ""

    def config(self) -> dict[str, Any]:
        """Transformers' config."""
        name = "CLIPTextModel" if self.projection is None else "CLIPTextModelWithProjection"
        return {
            "architectures": [name],
            "attention_dropout": 0.0,
            "bos_token_id": START,
            "eos_token_id": END,
            "hidden_act": "gelu" if self.open else "quick_gelu",
            "hidden_size": self.width,
            "intermediate_size": self.wide,
            "layer_norm_eps": 1e-05,
            "max_position_embeddings": self.positions,
            "model_type": "clip_text_model",
            "num_attention_heads": max(self.width // HEAD, 1),
            "num_hidden_layers": self.layers,
            "pad_token_id": 1,
            "projection_dim": self.width if self.projection is None else self.projection,
            "vocab_size": self.words,
        }

    def tensors(self) -> Iterator[Stored]:
        """Every tensor, with the names that it has in the file."""
        return self._of_open_clip() if self.open else self._of_transformers()

    @property
    def _inner(self) -> str:
        """Transformers names what has no projection without its own level."""
        return "" if self.projection is None else "text_model."

    def _of_transformers(self) -> Iterator[Stored]:
        to, of, width = self._inner, self.stored, self.width
        embeddings = f"{to}embeddings"
        for one, count in (("token", self.words), ("position", self.positions)):
            name = f"{one}_embedding"
            yield from pairs(f"{embeddings}.{name}", f"{of}embeddings.{name}", (count, width))
        for layer in range(self.layers):
            same = f"encoder.layers.{layer}"
            for one in ("q_proj", "k_proj", "v_proj", "out_proj"):
                name = f"{same}.self_attn.{one}"
                yield from linear(f"{to}{name}", f"{of}{name}", width, width)
            for one, out, into in (("fc1", self.wide, width), ("fc2", width, self.wide)):
                name = f"{same}.mlp.{one}"
                yield from linear(f"{to}{name}", f"{of}{name}", out, into)
            for one in ("layer_norm1", "layer_norm2"):
                yield from norm(f"{to}{same}.{one}", f"{of}{same}.{one}", width)
        yield from norm(f"{to}final_layer_norm", f"{of}final_layer_norm", width)

    def _of_open_clip(self) -> Iterator[Stored]:
        to, width = self._inner, self.width
        name = f"{to}embeddings.token_embedding"
        yield from pairs(name, "token_embedding", (self.words, width))
        name = f"{to}embeddings.position_embedding.weight"
        yield plain(name, "positional_embedding", (self.positions, width))
        for layer in range(self.layers):
            place, block = f"{to}encoder.layers.{layer}", f"transformer.resblocks.{layer}"
            for number, one in enumerate(("q_proj", "k_proj", "v_proj")):
                for kind, shape in (("weight", (width, width)), ("bias", (width,))):
                    yield Stored(
                        name=f"{place}.self_attn.{one}.{kind}",
                        shape=shape,
                        original=f"{block}.attn.in_proj_{kind}",
                        original_shape=(3 * width, *shape[1:]),
                        rows=(number * width, (number + 1) * width),
                    )
            yield from linear(f"{place}.self_attn.out_proj", f"{block}.attn.out_proj", width, width)
            yield from linear(f"{place}.mlp.fc1", f"{block}.mlp.c_fc", self.wide, width)
            yield from linear(f"{place}.mlp.fc2", f"{block}.mlp.c_proj", width, self.wide)
            for number in (1, 2):
                yield from norm(f"{place}.layer_norm{number}", f"{block}.ln_{number}", width)
        yield from norm(f"{to}final_layer_norm", "ln_final", width)
        if self.projection is not None:
            yield Stored(
                name="text_projection.weight",
                shape=(self.projection, width),
                original="text_projection",
                original_shape=(width, self.projection),
                turned=True,
            )


def read_clip(shapes: Mapping[str, Shape]) -> Clip:
    """A text encoder of transformers by the names of its tensors; LookupError when it is none."""
    # The oldest files have no level for the transformer itself.
    of = "text_model." if "text_model.final_layer_norm.weight" in shapes else ""
    words, width = shapes[f"{of}embeddings.token_embedding.weight"]
    return Clip(
        words=words,
        positions=shapes[f"{of}embeddings.position_embedding.weight"][0],
        width=width,
        layers=_count(shapes, of + "encoder.layers.{}.layer_norm1.weight"),
        wide=shapes[f"{of}encoder.layers.0.mlp.fc1.weight"][0],
        open=False,
        stored=of,
    )


def read_open_clip(shapes: Mapping[str, Shape], *, pooled: bool) -> Clip:
    """One of OpenCLIP; `pooled`: what it pools is used, as XL does."""
    words, width = shapes["token_embedding.weight"]
    layers = _count(shapes, "transformer.resblocks.{}.ln_1.weight")
    clip = Clip(
        words=words,
        positions=shapes["positional_embedding"][0],
        width=width,
        layers=layers,
        wide=shapes["transformer.resblocks.0.mlp.c_fc.weight"][0],
        open=True,
    )
    if pooled:
        return replace(clip, projection=shapes["text_projection"][1])
    return replace(clip, layers=layers - 1) if layers == LAYERS_OF_H else clip


def _count(shapes: Mapping[str, Shape], name: str) -> int:
    count = 0
    while name.format(count) in shapes:
        count += 1
    return count
