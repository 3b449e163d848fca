"""Clip skip: a CLIP text encoder that reads up to a layer before its last one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sdgui.errors import UserError


@contextmanager
def skipping_layers(text_encoder: Any, clip_skip: int) -> Iterator[None]:
    """Has the encoder end with the layer that `clip_skip` counts from its end, 1 being the last, for a while.

    Its final norm stays, as in A1111 (its wiki, Features: Ignore last layers of CLIP model). UserError where it has no
    such layer.
    """
    encoder = getattr(text_encoder, "text_model", text_encoder).encoder
    layers = encoder.layers
    if clip_skip > len(layers):
        raise UserError(
            f"This model's text encoder has {len(layers)} layers, and a clip skip of {clip_skip} leaves none.",
            "Choose a smaller clip skip.",
        )
    encoder.layers = layers[: len(layers) - (clip_skip - 1)]
    try:
        yield
    finally:
        encoder.layers = layers
