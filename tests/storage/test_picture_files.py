import io
import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sdgui.adapters import Lora, TextualInversion
from sdgui.inputs import InitImage, Mask
from sdgui.model_info import ModelRef
from sdgui.records import JobRecord, PictureRecord
from sdgui.spec import Variation
from sdgui.storage import DiskStore
from sdgui.storage.infotext import to_infotext
from sdgui.storage.pictures import Unreadable, encode_png, is_whole, read_spec
from sdgui.storage.thumbnails import encode_thumbnail, encode_thumbnail_of
from sdgui.storage.whole_file import temporary_file
from tests.damaged_pngs import DAMAGES
from tests.storage.samples import ANNA, NOON, delete_for_good, job, pixels, spec

Save = Callable[[JobRecord], JobRecord]
NASTY = "سماء 🦖 <script>\n\"Steps: 1, Seed: 2, Size: 3x3\"\\ 'é'"


def png_of(store: DiskStore, dream: JobRecord) -> Path:
    file = store.picture_file(dream.tasks[0].id, ANNA)
    assert file is not None
    return file


def thumb_of(store: DiskStore, dream: JobRecord) -> Path:
    file = store.thumb_file(dream.tasks[0].id, ANNA)
    assert file is not None
    return file


def test_pixels_come_back_unchanged(store: DiskStore, save: Save) -> None:
    dream = save(job())
    with Image.open(png_of(store, dream)) as image:
        assert np.array_equal(np.asarray(image), pixels(dream.tasks[0]))


def test_pixels_in_another_memory_order_come_back_unchanged(store: DiskStore) -> None:
    dream = job(width=48, height=48)
    store.add_job(dream)
    turned = pixels(dream.tasks[0]).transpose(1, 0, 2)
    store.save_picture(dream.tasks[0].id, turned, {})
    with Image.open(png_of(store, dream)) as image:
        assert np.array_equal(np.asarray(image), turned)


def test_the_complete_spec_is_inside(store: DiskStore, save: Save) -> None:
    dream = save(job(prompt=NASTY, negative_prompt=NASTY, guidance=6.1))
    assert read_spec(png_of(store, dream)) == dream.tasks[0].spec


def test_a_variation_is_inside(store: DiskStore, save: Save) -> None:
    dream = save(job(variation=Variation(seed=2**32 - 1, strength=0.3)))
    file = png_of(store, dream)
    assert read_spec(file) == dream.tasks[0].spec
    assert is_whole(file, dream.tasks[0].spec)
    assert not is_whole(file, spec(0))


@pytest.mark.parametrize("prompt", ["plain", "Latin-1: é", NASTY])
def test_the_infotext_is_inside(store: DiskStore, save: Save, prompt: str) -> None:
    dream = save(job(prompt=prompt))
    with Image.open(png_of(store, dream)) as image:
        assert image.info["parameters"] == to_infotext(dream.tasks[0].spec)


def test_notes_and_version_are_inside(store: DiskStore, save: Save) -> None:
    with Image.open(png_of(store, save(job()))) as image:
        said = json.loads(image.info["sdgui"])
    assert (said["notes"], said["version"]) == ({"device": "cpu"}, "0.1.0")


def test_the_file_lies_under_its_day_with_time_seed_and_id(store: DiskStore, folder: Path) -> None:
    dream = job()
    store.add_job(dream)
    store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})
    when = datetime.fromtimestamp(NOON)
    name = f"{when:%Y-%m-%d}/{when:%H%M%S}-0-{dream.tasks[0].id}.png"
    assert png_of(store, dream).relative_to(folder).as_posix() == name


def test_the_record_tells_the_bytes_on_disk(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    record = store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {"device": "cpu"})
    assert record.bytes == png_of(store, dream).stat().st_size


def test_the_record_returned_is_the_record_found(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    record = store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {"device": "cpu"})
    assert store.picture(dream.tasks[0].id, ANNA) == record
    assert isinstance(record, PictureRecord)


def test_no_temporary_file_stays(store: DiskStore, save: Save, folder: Path) -> None:
    save(job(3))
    assert not list(folder.rglob("*.tmp"))


def test_what_was_half_written_goes_with_a_deleted_picture(
    store: DiskStore, save: Save, folder: Path
) -> None:
    [task] = save(job()).tasks
    for file in (*folder.rglob("*.png"), *folder.rglob("*.jpg")):
        temporary_file(file).write_bytes(file.read_bytes()[:100])
    assert len(list(folder.rglob("*.tmp"))) == 2
    assert delete_for_good(store, task.id, ANNA)
    assert not list(folder.rglob("*.tmp"))


def test_pixels_of_another_size_are_refused(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    with pytest.raises(ValueError, match="64 × 48"):
        store.save_picture(dream.tasks[0].id, np.zeros((8, 8, 3), np.uint8), {})


def test_an_unknown_task_is_refused(store: DiskStore) -> None:
    with pytest.raises(KeyError):
        store.save_picture("f" * 32, np.zeros((8, 8, 3), np.uint8), {})


def test_saving_again_leaves_the_stored_picture_as_it_is(store: DiskStore, save: Save) -> None:
    dream = save(job())
    before = png_of(store, dream).read_bytes()
    store.save_picture(dream.tasks[0].id, np.zeros((48, 64, 3), np.uint8), {})
    assert png_of(store, dream).read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"garbage" * 99])
def test_no_spec_in_a_file_that_is_not_ours(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.png").write_bytes(content)
    assert read_spec(tmp_path / "x.png") is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"spec": 3, "notes": {}}', '{"spec": {"schema": 1}, "notes": {}}']
)
def test_no_spec_in_a_chunk_of_another_shape(tmp_path: Path, text: str) -> None:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("sdgui", text)
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png", pnginfo=texts)
    assert read_spec(tmp_path / "x.png") is None


@pytest.mark.parametrize("cut", [1, 13, 200, 3000])
def test_a_file_cut_short_is_not_whole(store: DiskStore, save: Save, cut: int) -> None:
    dream = save(job())
    file = png_of(store, dream)
    file.write_bytes(file.read_bytes()[:-cut])
    assert not is_whole(file, dream.tasks[0].spec)


def test_a_file_with_one_wrong_byte_is_not_whole(store: DiskStore, save: Save) -> None:
    dream = save(job())
    file = png_of(store, dream)
    content = bytearray(file.read_bytes())
    content[-500] ^= 1
    file.write_bytes(content)
    assert not is_whole(file, dream.tasks[0].spec)


def test_a_picture_of_another_spec_is_not_the_one(store: DiskStore, save: Save) -> None:
    assert not is_whole(png_of(store, save(job())), spec(99))


@pytest.mark.parametrize(("size", "small"), [((768, 512), (384, 256)), ((64, 48), (64, 48))])
def test_thumbnail_has_384_px_at_most_and_is_never_enlarged(
    size: tuple[int, int], small: tuple[int, int]
) -> None:
    jpeg = encode_thumbnail(np.zeros((size[1], size[0], 3), np.uint8))
    with Image.open(io.BytesIO(jpeg)) as image:
        assert (image.format, image.size) == ("JPEG", small)


def test_thumbnail_looks_like_the_picture(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    store.save_picture(dream.tasks[0].id, np.full((48, 64, 3), (200, 30, 90), np.uint8), {})
    with Image.open(thumb_of(store, dream)) as image:
        # JPEG rounds a plain colour by a few steps at quality 85
        assert np.abs(np.asarray(image).astype(int) - (200, 30, 90)).max() <= 4


def test_thumbnail_lies_under_its_day(store: DiskStore, save: Save, folder: Path) -> None:
    dream = save(job())
    name = f".thumbs/{datetime.fromtimestamp(NOON):%Y-%m-%d}/{dream.tasks[0].id}.jpg"
    assert thumb_of(store, dream).relative_to(folder).as_posix() == name


def test_a_missing_thumbnail_is_made_again(store: DiskStore, save: Save) -> None:
    dream = save(job())
    before = thumb_of(store, dream).read_bytes()
    thumb_of(store, dream).unlink()
    assert thumb_of(store, dream).read_bytes() == before


def test_no_thumbnail_of_a_picture_that_was_taken_away(store: DiskStore, save: Save) -> None:
    dream = save(job())
    thumb_of(store, dream).unlink()
    png_of(store, dream).unlink()
    assert store.thumb_file(dream.tasks[0].id, ANNA) is None
    assert store.picture_file(dream.tasks[0].id, ANNA) is None


def test_a_png_knows_the_inputs_and_adapters_of_its_picture(tmp_path: Path) -> None:
    ref = ModelRef(id="style", hash="ef" * 32)
    made = spec(
        inputs=(InitImage(image="cd" * 32, strength=0.5), Mask(image="ab" * 32)),
        adapters=(
            Lora(ref=ref, weight=0.7, text_encoder_weight=0.5),
            TextualInversion(ref=ref, weight=1.0),
        ),
        emphasis=True,
    )
    file = tmp_path / "picture.png"
    file.write_bytes(encode_png(made, np.zeros((48, 64, 3), np.uint8), {}))
    assert read_spec(file) == made
    assert is_whole(file, made)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_picture_has_no_thumbnail_and_costs_nothing(
    store: DiskStore, save: Save, damage: Callable[[Path], None]
) -> None:
    dream = save(job())
    damage(png_of(store, dream))
    thumb_of(store, dream).unlink()
    assert store.thumb_file(dream.tasks[0].id, ANNA) is None


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_picture_without_a_row_keeps_no_folder_from_opening(
    open_store: Callable[[], DiskStore], save: Save, damage: Callable[[Path], None]
) -> None:
    dream = save(job())
    store = open_store()
    damage(png_of(store, dream))
    store._database._connection.execute("UPDATE tasks SET stored = 0")
    assert open_store().picture(dream.tasks[0].id, ANNA) is None


@given(st.data())
def test_whatever_is_wrong_with_a_png_it_is_unreadable(data: st.DataObject) -> None:
    content = bytearray(encode_png(spec(), np.zeros((48, 64, 3), np.uint8), {}))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with suppress(Unreadable):
            encode_thumbnail_of(Path(file.name))
        is_whole(Path(file.name), spec())
