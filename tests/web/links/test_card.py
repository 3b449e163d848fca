"""The card that messengers unfold of a link."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdgui.web.links.card import HEIGHT, WIDTH, write_card

RED, GREEN, BLUE = (220, 30, 30), (30, 200, 60), (30, 60, 220)


def banded(folder: Path, size: tuple[int, int]) -> Path:
    """A picture whose first and last parts, along its longer side, have colours of their own."""
    width, height = size
    picture = Image.new("RGB", size, GREEN)
    part = (width // 12, height) if width > height else (width, height // 12)
    picture.paste(RED, (0, 0, *part))
    picture.paste(BLUE, (width - part[0], height - part[1], width, height))
    file = folder / f"{width}x{height}.png"
    picture.save(file)
    return file


def parts_of(jpeg: bytes) -> list[int]:
    """How many points of the card's pictures have each of the three colours."""
    card = Image.open(io.BytesIO(jpeg))
    assert card.size == (WIDTH, HEIGHT)
    points = np.asarray(card.convert("RGB").crop((0, 0, 690, HEIGHT)), np.int16)
    return [int((np.abs(points - one).max(axis=-1) < 24).sum()) for one in (RED, GREEN, BLUE)]


@pytest.mark.parametrize("size", [(384, 256), (256, 384), (640, 160), (160, 640), (256, 256)])
def test_a_picture_is_whole_on_its_card_whatever_its_shape(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    first, _, last = parts_of(write_card([banded(tmp_path, size)], "", ""))
    assert min(first, last) > 4000


def test_both_of_a_pair_are_whole_on_their_card(tmp_path: Path) -> None:
    files = [banded(tmp_path, (384, 256)), banded(tmp_path, (160, 640))]
    first, _, last = parts_of(write_card(files, "", "", is_pair=True))
    assert min(first, last) > 2000  # of each the half that is seen
