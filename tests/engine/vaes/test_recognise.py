"""A VAE in a file of its own is told by its header: its form, for whom it is, and what keeps it from being used."""

from dataclasses import replace
from pathlib import Path

import pytest

from sdgui.engine.catalog import Catalog
from sdgui.engine.collection.collection import Collection
from sdgui.engine.vaes.recognise import vae_info
from sdgui.errors import UserError
from sdgui.inventory import FileKind, ModelFile
from sdgui.model_info import VaeForm
from sdgui.vae_info import vae_doubt, vae_misfit
from tests.engine.checkpoints.shapes import REAL_VAE
from tests.engine.checkpoints.writing import write_sparse
from tests.samples import DEMO

SD = {one.original: one.original_shape for one in REAL_VAE.tensors()}
FLUX = {
    one.original: one.original_shape
    for one in replace(REAL_VAE, latent=16, quantised=False).tensors()
}
MODEL = replace(DEMO, title="tiny", corrections=("vae",), vae=VaeForm(channels=4, factor=8))


def found_in(folder: Path) -> list[ModelFile]:
    collection = Collection((folder,), None)
    collection.start()
    collection.wait()
    return list(collection.inventory().files)


@pytest.mark.parametrize(
    ("shapes", "form", "families"),
    [
        (SD, VaeForm(channels=4, factor=8), ("sd1", "sd2")),
        ({f"first_stage_model.{name}": shape for name, shape in SD.items()}, None, ("sdxl",)),
        (FLUX, VaeForm(channels=16, factor=8), ("flux1", "chroma", "z_image")),
    ],
    ids=["sd", "behind a prefix", "flux"],
)
def test_form_and_family_are_read_at_real_sizes(
    tmp_path: Path, shapes: dict[str, tuple[int, ...]], form: VaeForm | None, families: tuple[str]
) -> None:
    said = {"sd1": "stable-diffusion-v1", "sdxl": "stable-diffusion-xl-v1-base", "flux1": "flux-1"}
    metadata = {"modelspec.architecture": said[families[0]]}
    told = vae_info("x", write_sparse(tmp_path / "x.safetensors", shapes, metadata=metadata))
    assert told.form == (VaeForm(channels=4, factor=8) if form is None else form)
    assert told.families == families
    assert vae_doubt(told) == told.fault == ""


def test_what_the_file_does_not_tell_is_a_doubt(tmp_path: Path) -> None:
    told = vae_info("x", write_sparse(tmp_path / "x.safetensors", SD))
    assert "does not tell whether it is for SD 1.x and 2.x or for XL" in vae_doubt(told)
    assert vae_misfit(told, MODEL) is None


BN = {"bn.running_mean": (128,), "bn.running_var": (128,)}
FAULTS: dict[str, tuple[dict[str, tuple[int, ...]], str]] = {
    "flux.2": ({**SD, **BN}, "is the VAE of FLUX.2"),
    "films": (
        {"decoder.conv1.weight": (96, 16, 3, 3, 3), "encoder.conv1.weight": (96, 3, 3, 3, 3)},
        "is a VAE for films",
    ),
    "decoder": (
        {name: shape for name, shape in SD.items() if not name.startswith("encoder.")},
        "is a VAE without its encoder",
    ),
    "another make": (
        {"decoder.conv_in.weight": (1024, 32, 3, 3), "encoder.stages.0.weight": (3,)},
        "is a VAE of a make that is not known",
    ),
    "not whole": (
        {name: shape for name, shape in SD.items() if name != "decoder.mid.attn_1.k.bias"},
        "decoder.mid.attn_1.k.bias is missing",
    ),
}


@pytest.mark.parametrize(("shapes", "said"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_used_says_why_and_is_never_a_checkpoint(
    tmp_path: Path, shapes: dict[str, tuple[int, ...]], said: str
) -> None:
    path = write_sparse(tmp_path / "x.safetensors", shapes)
    [file] = found_in(tmp_path)
    assert file.kind is FileKind.VAE and said in file.fault
    fault = vae_misfit(vae_info("x", path), MODEL)
    assert fault is not None and said in fault.message
    with pytest.raises(UserError, match="is a VAE, not a model by itself") as caught:
        Catalog(str(path)).look(str(path))
    assert "Models page" in caught.value.hint


@pytest.mark.parametrize(
    ("shapes", "metadata", "said"),
    [
        (FLUX, {}, "has 16 latent channels, and “tiny” draws in 4"),
        (
            SD,
            {"modelspec.architecture": "stable-diffusion-xl-v1-base"},
            "made for Stable Diffusion XL",
        ),
        (
            {
                one.original: one.original_shape
                for one in replace(REAL_VAE, channels=(128, 256)).tensors()
            },
            {},
            "makes 2 pixels of a latent",
        ),
    ],
    ids=["channels", "family", "factor"],
)
def test_what_does_not_fit_a_model_says_why(
    tmp_path: Path, shapes: dict[str, tuple[int, ...]], metadata: dict[str, str], said: str
) -> None:
    told = vae_info("x", write_sparse(tmp_path / "x.safetensors", shapes, metadata=metadata))
    fault = vae_misfit(told, MODEL)
    assert fault is not None and said in fault.message
