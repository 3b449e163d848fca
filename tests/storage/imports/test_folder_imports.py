"""Folders of other programs' pictures are listed once, whatever happens, and their own files are only read."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdgui.errors import UserError
from sdgui.imports import FolderImport, ImportState
from sdgui.made_with import Origin
from sdgui.picture_query import PictureQuery
from sdgui.records import JobRecord, PictureRecord
from sdgui.storage import DiskStore
from sdgui.storage.pictures import encode_png
from tests import peers_files as peers
from tests.storage.samples import ANNA, BORIS, NOON, job, spec

pytestmark = pytest.mark.quick
ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


@pytest.fixture
def peers_folder(tmp_path: Path) -> Path:
    """One file of each program, and one that says nothing, in folders of their own."""
    folder = tmp_path / "peers"
    contents = {
        "a1111/00001-965400086.png": peers.png({"parameters": peers.INFOTEXT}),
        "forge/1.jpg": peers.jpeg(peers.in_utf_16(peers.FORGE)),
        "comfy/ComfyUI_00001_.png": peers.png({"prompt": peers.as_json(peers.COMFYUI)}),
        "invoke/a.png": peers.png({"invokeai_metadata": peers.as_json(peers.INVOKEAI)}),
        "swarm/b.webp": peers.webp(peers.in_utf_16(peers.as_json(peers.SWARMUI))),
        "plain.webp": peers.webp(),
    }
    for index, (name, content) in enumerate(contents.items()):
        write(folder / name, content + bytes(index), NOON + index)
    return folder


def write(file: Path, content: bytes, moment: float = NOON) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    os.utime(file, (moment, moment))
    return file


def take(store: DiskStore, folder: Path, *, copies: bool = False) -> FolderImport:
    """The end of an import."""
    begun = store.imports.begin(folder, ANNA, copies=copies)
    assert store.imports.wait(PATIENCE)
    [done] = [one for one in store.imports.of(ANNA) if one.id == begun.id]
    assert done.state is ImportState.FINISHED, done.sentence
    return done


def listed(store: DiskStore, visitor: str = ANNA, **query: str) -> list[PictureRecord]:
    return list(store.pictures(visitor, PictureQuery(**query), limit=1000))  # type: ignore[arg-type]


def by_name(store: DiskStore) -> dict[str, PictureRecord]:
    found = {}
    for one in listed(store):
        assert one.imported is not None
        found[one.imported.name] = one
    return found


def test_files_of_all_programs_come_in_with_what_they_say_and_their_own_time(
    store: DiskStore, peers_folder: Path
) -> None:
    done = take(store, peers_folder)
    assert (done.total, done.added, done.damaged) == (6, 6, 0)
    found = by_name(store)
    made = {name: one.imported and one.imported.made_with for name, one in found.items()}
    assert {name: one and one.origin for name, one in made.items()} == {
        "00001-965400086.png": Origin.A1111,
        "1.jpg": Origin.FORGE,
        "ComfyUI_00001_.png": Origin.COMFYUI,
        "a.png": Origin.INVOKEAI,
        "b.webp": Origin.SWARMUI,
        "plain.webp": Origin.NONE,
    }
    a1111, plain = found["00001-965400086.png"], found["plain.webp"]
    assert (a1111.spec.seed, a1111.spec.model.id) == (965400086, "v1-5-pruned-emaonly")
    assert a1111.spec.sampler_name == "DPM++ 2M Karras"
    assert (a1111.spec.width, a1111.spec.height, a1111.created) == (*peers.SIZE, NOON)
    assert (plain.spec.prompt, plain.spec.model.id, plain.created) == ("", "", NOON + 5)
    assert [one.id for one in listed(store, text="castle")] == [found["ComfyUI_00001_.png"].id]
    assert [one.id for one in listed(store, lora="add_detail")] == [a1111.id]
    assert listed(store, visitor=BORIS) == [] == list(store.jobs(ANNA))


def test_running_twice_adds_nothing_and_the_same_picture_elsewhere_is_no_other_one(
    store: DiskStore, peers_folder: Path, tmp_path: Path
) -> None:
    take(store, peers_folder)
    again = take(store, peers_folder)
    assert (again.added, again.known, again.done) == (0, 6, 6)
    write(tmp_path / "more" / "copy.png", (peers_folder / "invoke/a.png").read_bytes())
    write(tmp_path / "more" / "twice.png", (peers_folder / "invoke/a.png").read_bytes())
    new = peers.png({"parameters": "a new one"})
    write(tmp_path / "more" / "new.png", new)
    write(tmp_path / "more" / "newer.png", new)
    done = take(store, tmp_path / "more")
    assert (done.added, done.known, len(listed(store))) == (1, 3, 7)
    store.bin(ANNA, pictures=[by_name(store)["new.png"].id])
    store.empty_bin(ANNA)
    assert take(store, tmp_path / "more").added == 0, "what was deleted comes back"


def test_linked_files_stay_their_owners_and_copies_are_ours(
    store: DiskStore, folder: Path, peers_folder: Path, tmp_path: Path
) -> None:
    before = {file: file.read_bytes() for file in peers_folder.rglob("*.*")}
    take(store, peers_folder)
    copied = write(tmp_path / "own" / "mine.webp", peers.webp(peers.in_utf_16(peers.FORGE)))
    take(store, copied.parent, copies=True)
    found = by_name(store)
    linked, mine = found["1.jpg"], found["mine.webp"]
    assert store.picture_file(linked.id, ANNA) == peers_folder / "forge/1.jpg"
    assert store.bytes_of(ANNA) == mine.bytes == copied.stat().st_size
    copy = store.picture_file(mine.id, ANNA)
    assert copy is not None and copy.is_relative_to(folder)
    assert copy.read_bytes() == copied.read_bytes()
    thumb = store.thumb_file(linked.id, ANNA)
    assert thumb is not None and thumb.is_relative_to(folder)
    store.bin(ANNA, pictures=[one.id for one in found.values()])
    assert store.empty_bin(ANNA).pictures == 7
    assert {file: file.read_bytes() for file in peers_folder.rglob("*.*")} == before
    assert copied.is_file() and not copy.exists() and not thumb.exists()


def test_no_link_leads_out_of_the_folder(store: DiskStore, tmp_path: Path) -> None:
    secret = write(tmp_path / "secret" / "s.png", peers.png({"parameters": "secret"}))
    root = tmp_path / "root"
    inside = write(root / "a.png", peers.png({"parameters": "an open one"}))
    (root / "out.png").symlink_to(secret)
    (root / "way").symlink_to(secret.parent)
    (root / "in.png").symlink_to(inside)
    (root / "nowhere.png").symlink_to(root / "nothing")
    done = take(store, root)
    assert (done.added, done.refused) == (1, 3)
    assert "3 were left out as links out of the folder" in done.sentence
    [one] = listed(store)
    inside.unlink()
    inside.symlink_to(secret)  # what took its place later leads out, too
    assert store.picture_file(one.id, ANNA) is None
    assert store.find_files([one.id], ANNA) == {}


def test_a_file_that_vanished_is_found_again_where_it_went(
    store: DiskStore, peers_folder: Path, tmp_path: Path
) -> None:
    take(store, peers_folder)
    one = by_name(store)["a.png"]
    peers_folder.rename(tmp_path / "moved")
    assert store.picture_file(one.id, ANNA) is None
    assert store.thumb_file(one.id, ANNA) is not None
    assert take(store, tmp_path / "moved").added == 0
    assert store.picture_file(one.id, ANNA) == tmp_path / "moved/invoke/a.png"


def test_damaged_files_are_counted_and_named(store: DiskStore, tmp_path: Path) -> None:
    whole = peers.png({"parameters": peers.FORGE})
    for name, content in {
        "cut.png": whole[: len(whole) // 2],
        "none.jpg": b"<svg onload=alert(1)>",
        "empty.webp": b"",
        "large.png": peers.claiming(50_000, 50_000, {"parameters": "x"}),
        "good.png": whole,
    }.items():
        write(tmp_path / "root" / name, content)
    done = take(store, tmp_path / "root")
    assert (done.added, done.damaged, done.done) == (1, 4, 5)
    said = "1 picture came in; 4 could not be read (cut.png, empty.webp, large.png and 1 more)."
    assert done.sentence == said


def test_an_older_folder_of_ours_comes_in_whole_and_what_was_made_here_is_known(
    store: DiskStore, save: Callable[[JobRecord], JobRecord], folder: Path, tmp_path: Path
) -> None:
    save(job(2))
    for file in folder.rglob("*.png"):
        write(tmp_path / "old" / file.parent.name / file.name, file.read_bytes())
    older = spec(5, prompt="an older one", sampler="DPM++ 2M", schedule="Karras")
    pixels = np.zeros((older.height, older.width, 3), np.uint8)
    write(tmp_path / "old/x.png", encode_png(older, pixels, {"match": "0.25"}))
    done = take(store, tmp_path / "old")
    assert (done.added, done.known) == (1, 2)
    [one] = listed(store, text="older")
    assert one.imported is not None and one.imported.made_with is None
    assert (one.spec, one.match) == (older, 0.25)


@pytest.mark.parametrize("place", ["outputs", "outputs/imported", "nothing", "file"])
def test_what_cannot_be_imported_is_refused(store: DiskStore, tmp_path: Path, place: str) -> None:
    (tmp_path / "outputs/imported").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(UserError):
        store.imports.begin(tmp_path / place, ANNA, copies=False)
    assert store.imports.of(ANNA) == ()


def many(folder: Path, count: int) -> None:
    """So many small pictures, each another one."""
    for index in range(count):
        file = write(folder / f"{index:04}.png", b"")
        Image.new("RGB", (8, 8), (index % 256, index // 256, 7)).save(file)


@pytest.mark.parametrize("copies", [False, True])
def test_kill_9_in_the_middle_loses_nothing_and_it_goes_on(
    folder: Path, tmp_path: Path, copies: bool
) -> None:
    many(tmp_path / "root", 150)
    what = ("import_for_ever", str(folder), str(tmp_path / "root"), str(int(copies)))
    command = [sys.executable, "-m", "tests.storage.imports.importing_process", *what]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -9
    store = DiskStore(folder)
    try:
        first = listed(store)
        assert 0 < len(first) < 150
        store.imports.resume()
        assert store.imports.wait(PATIENCE)
        found = listed(store)
        assert len(found) == len({store.picture_file(one.id, ANNA) for one in found}) == 150
        assert {one.id for one in first} <= {one.id for one in found}
        assert len(list((folder / "imported").rglob("*.png"))) == (150 if copies else 0)
        assert not list(folder.rglob("*.tmp"))
    finally:
        store.close()


def test_an_import_can_be_stopped_and_gone_on_with(store: DiskStore, tmp_path: Path) -> None:
    many(tmp_path / "root", 100)
    begun = store.imports.begin(tmp_path / "root", ANNA, copies=False)
    assert not store.imports.cancel(begun.id, BORIS)
    assert store.imports.cancel(begun.id, ANNA)
    assert store.imports.wait(PATIENCE)
    [stopped] = store.imports.of(ANNA)
    assert stopped.state is ImportState.CANCELLED and stopped.added < 100
    assert len(listed(store)) == stopped.added
    assert take(store, tmp_path / "root").added == 100 - stopped.added


def test_what_the_command_line_brings_in_belongs_to_the_owner_who_opens_the_page(
    store: DiskStore, peers_folder: Path
) -> None:
    store.imports.begin(peers_folder, None, copies=False)
    assert store.imports.wait(PATIENCE)
    assert listed(store) == []
    store.imports.claim(ANNA)
    assert len(listed(store)) == 6 and len(store.imports.of(ANNA)) == 1
    store.imports.begin(peers_folder, None, copies=False)
    assert store.imports.wait(PATIENCE)
    store.imports.claim(BORIS)
    assert (len(listed(store)), listed(store, visitor=BORIS)) == (6, [])
