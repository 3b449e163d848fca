"""Models fetched from a real HTTP server: held, broken off, gone on with after a restart, given up, refused."""

import errno
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sdgui.engine.library.library import OwnersLibrary
from sdgui.errors import UserError
from sdgui.library import Download, DownloadState
from sdgui.storage.whole_file import write_whole
from tests.engine.library.conftest import MODEL, UNET, Open
from tests.engine.small_hub import PATIENCE, SmallHub


def fetched(library: OwnersLibrary) -> OwnersLibrary:
    library.begin(MODEL)
    library.wait(MODEL)
    assert library.downloads() == ()
    return library


def the_download(library: OwnersLibrary) -> Download:
    [download] = library.downloads()
    return download


@pytest.fixture
def half_way(hub: SmallHub, open_library: Open) -> OwnersLibrary:
    """A library with a download whose first large file is half here."""
    hub.holding = UNET
    library = open_library()
    library.begin(MODEL)
    assert hub.halfway.acquire(timeout=PATIENCE)
    return library


def names(library: OwnersLibrary) -> list[str]:
    return [card.model for card in library.cards()]


def test_what_is_offered_is_told_before_a_byte_of_weights_is_fetched(
    hub: SmallHub, open_library: Open
) -> None:
    hub.card = {"license": "openrail"}
    library = open_library()
    offer = library.look_up(MODEL)
    assert (offer.title, offer.family_title) == ("tiny-model", "Stable Diffusion 1.x")
    assert (offer.licence, offer.locked) == ("openrail", False)
    assert offer.left < offer.bytes and offer.memory_bytes < offer.bytes
    assert not hub.downloads(".safetensors")
    assert library.downloads() == ()


def test_a_model_that_was_fetched_can_be_chosen_also_after_a_restart(
    hub: SmallHub, open_library: Open
) -> None:
    hub.card = {"license": "openrail"}
    library = fetched(open_library())
    assert names(library) == ["demo", MODEL]
    hub.log.clear()
    later = open_library()
    card = later.cards()[1]
    assert (card.model, card.licence, card.place) == (MODEL, "openrail", "the hub's cache")
    assert card.removable and card.bytes > 0 and card.fault == ""
    assert hub.log == []


def test_what_is_fetched_is_what_the_hub_has(hub: SmallHub, open_library: Open) -> None:
    library = fetched(open_library())
    original = hub.root / MODEL
    files = library.catalog.files(MODEL)  # type: ignore[attr-defined]
    assert len(files) > 5
    for file in files:
        name = file.as_posix().partition("/snapshots/")[2].partition("/")[2]
        assert file.read_bytes() == (original / name).read_bytes()


def continued_from(hub: SmallHub) -> int:
    """Where in its first large file a download was gone on with."""
    first, second = hub.downloads(UNET)
    assert first is None
    return int(str(second)[6:-1])


def test_a_download_that_is_held_stays_so_over_a_restart_and_goes_on_where_it_was(
    hub: SmallHub, half_way: OwnersLibrary, open_library: Open
) -> None:
    half_way.pause(MODEL)
    assert the_download(half_way).state is DownloadState.PAUSED
    hub.go.set()
    half_way.close()
    later = open_library()
    held = the_download(later)
    assert held.state is DownloadState.PAUSED and 0 < held.done < held.total
    fetched(later)
    assert continued_from(hub) > 0
    assert names(later) == ["demo", MODEL]


def test_a_download_goes_on_by_itself_after_a_restart(
    hub: SmallHub, half_way: OwnersLibrary, open_library: Open
) -> None:
    half_way.pause(MODEL)  # as a crash does, but for what is remembered
    half_way.begin(MODEL)
    hub.go.set()
    half_way.close()
    later = open_library()
    later.wait(MODEL)
    assert names(later) == ["demo", MODEL] and later.downloads() == ()


def test_a_download_that_is_held_and_gone_on_with_at_once_is_whole(
    hub: SmallHub, half_way: OwnersLibrary
) -> None:
    half_way.pause(MODEL)
    half_way.begin(MODEL)
    hub.go.set()
    half_way.wait(MODEL)
    assert continued_from(hub) > 0
    assert names(half_way) == ["demo", MODEL]


def test_a_connection_that_breaks_is_taken_up_where_it_broke(
    hub: SmallHub, open_library: Open
) -> None:
    hub.break_once = UNET
    library = fetched(open_library())
    size = (hub.root / MODEL / UNET).stat().st_size
    first, second = hub.downloads(UNET)
    assert first is None
    assert size // 2 - 10_000 <= int(str(second)[6:-1]) <= size // 2
    assert names(library) == ["demo", MODEL]


def test_a_download_that_is_given_up_leaves_nothing_of_its_weights(
    hub: SmallHub, half_way: OwnersLibrary, open_library: Open, tmp_path: Path
) -> None:
    half_way.cancel(MODEL)
    assert half_way.downloads() == ()
    hub.go.set()
    half_way.wait(MODEL)
    here = [path for path in (tmp_path / "hub_cache").rglob("*") if path.is_file()]
    assert [path for path in here if path.stat().st_size > 20_000] == []
    later = open_library()
    assert later.downloads() == () and names(later) == ["demo"]


def test_a_download_that_is_given_up_on_a_full_disk_makes_room_there(
    half_way: OwnersLibrary, hub: SmallHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_way.pause(MODEL)
    hub.go.set()
    half_way.wait(MODEL)

    def is_here() -> bool:
        return any((tmp_path / "hub_cache").glob("models--*/partial/*"))

    def write(file: Path, content: bytes) -> None:
        if is_here():
            raise OSError(errno.ENOSPC, "No space left on device")
        write_whole(file, content)

    monkeypatch.setattr(half_way._kept, "_write", write)
    assert is_here()
    half_way.cancel(MODEL)
    assert not is_here()
    assert half_way.downloads() == ()


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (403, "", "does not let you have"),
        (404, "EntryNotFound", "changed on the hub"),
        (500, "", "status 500"),
    ],
)
def test_each_refusal_in_the_middle_is_told_and_what_is_here_stays(
    hub: SmallHub, open_library: Open, status: int, code: str, message: str
) -> None:
    hub.failing, hub.status, hub.error_code = "text_encoder/model.safetensors", status, code
    library = open_library()
    library.begin(MODEL)
    library.wait(MODEL)
    failed = the_download(library)
    assert failed.state is DownloadState.FAILED and message in failed.message
    hub.failing = None
    fetched(library)
    assert len(hub.downloads(UNET)) <= 1


def test_a_file_with_another_hash_is_not_kept_and_fetched_anew(
    hub: SmallHub, open_library: Open
) -> None:
    hub.spoilt = UNET
    library = open_library()
    library.begin(MODEL)
    library.wait(MODEL)
    assert "arrived damaged" in the_download(library).message
    assert names(library) == ["demo"]
    hub.spoilt = None
    fetched(library)
    assert len(hub.downloads(UNET)) == 2


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file of this process can be longer, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_in_the_middle_is_told_and_gone_on_from(
    hub: SmallHub, open_library: Open
) -> None:
    library = open_library()
    size = (hub.root / MODEL / UNET).stat().st_size
    with files_up_to(size // 2):
        library.begin(MODEL)
        library.wait(MODEL)
    assert the_download(library).message.startswith("The disk is full")
    fetched(library)
    assert len(hub.downloads(UNET)) == 2


def test_a_model_that_is_larger_than_the_disk_is_not_begun(
    hub: SmallHub, open_library: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdgui.engine.library.downloads.SPARE", 2**60)
    library = open_library()
    with pytest.raises(UserError, match=r"and the disk has .* GB free"):
        library.begin(MODEL)
    assert not hub.downloads(".safetensors") and library.downloads() == ()


def test_a_hub_that_is_not_there_is_told(
    hub: SmallHub, open_library: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library()
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(UserError, match="cannot be reached"):
        library.look_up(MODEL)
    assert not library.is_offline
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert library.is_offline


# Gated models


def test_a_gated_model_is_named_with_its_licence_and_fetched_with_a_token(
    hub: SmallHub, open_library: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hub.token, hub.card = "hf_secret", {"license": "other", "license_name": "strict"}
    library = open_library()
    offer = library.look_up(MODEL)
    assert (offer.locked, offer.licence, offer.family_title) == (True, "strict", "")
    assert offer.address == f"{hub.url}/{MODEL}"
    library.set_token(" hf_secret\n")
    assert library.has_token
    assert not library.look_up(MODEL).locked
    fetched(library)
    kept = tmp_path / "outputs" / ".hub-token"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "hf_secret" not in (tmp_path / "outputs" / "models.json").read_text()
    assert "hf_secret" not in caplog.text
    assert not any("hf_secret" in path for _, path, _ in hub.log)
    library.set_token("")
    assert not library.has_token and not kept.exists()


@pytest.mark.parametrize("token", ["two words", "ü", "a\nb", "x" * 201])
def test_what_can_be_no_token_is_not_kept(open_library: Open, token: str) -> None:
    library = open_library()
    with pytest.raises(UserError, match="no token"):
        library.set_token(token)
    assert not library.has_token
