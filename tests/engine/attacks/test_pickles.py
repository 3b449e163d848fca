"""A pickle in any disguise, through every way in which a model, a LoRA, learnt words, a VAE or a picture comes in.

What it would do is real: whoever opens it makes a file. Nobody does.
"""

import io
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdgui.engine.catalog import Catalog
from sdgui.engine.collection import look_at
from sdgui.engine.collection.collection import Collection
from sdgui.errors import UserError
from sdgui.storage.made_with.reading import read_made_with
from tests.engine.checkpoints.shapes import real_shapes
from tests.engine.checkpoints.writing import write_sparse

pytestmark = pytest.mark.quick

LORA = {"lora_unet_mid_block_attentions_0_proj_in.lora_down.weight": [4, 320]}
WORDS = {"emb_params": [2, 768]}
PNG = b"\x89PNG\r\n\x1a\n"


class Payload:
    """Whoever unpickles it makes the file."""

    def __init__(self, mark: Path) -> None:
        self.mark = str(mark)

    def __reduce__(self) -> Any:
        return (Path.touch, (Path(self.mark),))


def zipped(payload: bytes, name: str = "archive/data.pkl") -> bytes:
    """As torch.save() does since 1.6."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, payload)
        archive.writestr("archive/version", b"3\n")
    return out.getvalue()


def tarred(payload: bytes) -> bytes:
    """As torch.save() did before 0.1.10."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        one = tarfile.TarInfo("pickle")
        one.size = len(payload)
        archive.addfile(one, io.BytesIO(payload))
    return out.getvalue()


DISGUISES: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda payload: payload,
    "torch's zip": zipped,
    "torch's tar": tarred,
    "behind a header's length": lambda payload: struct.pack("<Q", len(payload)) + payload,
    "as a header's end": lambda payload: struct.pack("<Q", 2) + b"{}" + payload,
    "behind GGUF": lambda payload: b"GGUF" + struct.pack("<IQQ", 3, 0, 0) + payload,
    "behind PNG": lambda payload: PNG + payload,
    "a zip with safetensors in its name": lambda p: zipped(p, "model.safetensors"),
}
NAMES = (
    *("x.safetensors", "x.SAFETENSORS", "x.ckpt", "x.CKPT", "x.pt", "x.pth", "x.bin", "x.pkl"),
    *("x.gguf", "x.safetensors.ckpt", "x.ckpt.safetensors", "x.sft", "x", "x.png", "x.zip"),
)
FOLDERS = ("Stable-diffusion", "loras", "embeddings", "vae", "unet")


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "it-ran"


@pytest.fixture
def payload(mark: Path) -> bytes:
    payload = pickle.dumps(Payload(mark))
    pickle.loads(payload)
    assert mark.exists()  # so it does what it says
    mark.unlink()
    return payload


def tried(folder: Path, cache: Path) -> list[str]:
    """Every way of a models folder, to the end; the faults that are told."""
    collection = Collection((folder,), cache / "models.json")
    collection.start()
    collection.wait()
    collection.close()
    catalog = Catalog("demo", embedded={"demo": folder / "none"}, models_dirs=(folder,))
    catalog.collection.start()
    catalog.collection.wait()
    told = [str(file.fault) for file in collection.inventory().files if file.fault]
    ways: tuple[Callable[[], object], ...] = (
        *(lambda name=name: catalog.look(name) for name in ("x", "x.safetensors", "x.ckpt")),
        *(lambda path=path: Catalog(str(path)).look(str(path)) for path in folder.rglob("*")),
        catalog.adapters,
        lambda: catalog.check_loras("demo", "<lora:x:1> x"),
    )
    for way in ways:
        try:
            way()
        except UserError as fault:
            told.append(str(fault))
    catalog.collection.close()
    return told


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_pickle_is_opened_in_a_models_folder_nor_by_its_name(
    tmp_path: Path, payload: bytes, mark: Path, disguise: str
) -> None:
    content = DISGUISES[disguise](payload)
    root = tmp_path / "models"
    for folder in FOLDERS:
        for name in NAMES:
            file = root / folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    diffusers = root / "Stable-diffusion" / "folder" / "unet"
    diffusers.mkdir(parents=True)
    (diffusers.parent / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    (diffusers / "diffusion_pytorch_model.bin").write_bytes(content)
    told = tried(root, tmp_path)
    assert not mark.exists()
    assert any("never opened here" in one for one in told)


def test_what_is_no_pickle_is_found_the_same_way(tmp_path: Path) -> None:
    root = tmp_path / "models"
    write_sparse(root / "Stable-diffusion" / "dream.safetensors", real_shapes("sd1"))
    write_sparse(root / "loras" / "ink.safetensors", LORA)
    write_sparse(root / "embeddings" / "words.safetensors", WORDS)
    catalog = Catalog("demo", embedded={"demo": root / "none"}, models_dirs=(root,))
    catalog.collection.start()
    catalog.collection.wait()
    assert catalog.look("dream").family == "sd1"
    assert {one.name for one in catalog.adapters()} == {"ink", "words"}
    catalog.collection.close()


def test_it_would_run_where_files_were_opened_as_torch_opens_them(
    tmp_path: Path, payload: bytes, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two guards: the ending, and that of a file only its header is read."""
    root = tmp_path / "models"
    root.mkdir()
    (root / "x.ckpt").write_bytes(payload)
    tried(root, tmp_path)
    assert not mark.exists()

    def careless(path: Path) -> Any:
        with path.open("rb") as file:
            pickle.load(file)
        raise UserError("It was opened.", "Too late.")

    monkeypatch.setattr(look_at, "check_suffix", lambda name, path: None)
    monkeypatch.setattr(look_at, "header_of", careless)
    collection = Collection((root,), tmp_path / "again.json")
    collection.start()
    collection.wait()
    collection.close()
    assert mark.exists()


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_pickle_is_opened_as_a_picture(payload: bytes, mark: Path, disguise: str) -> None:
    content = DISGUISES[disguise](payload)
    made = read_made_with(io.BytesIO(content))
    assert made is None or not made.prompt
    assert not mark.exists()
