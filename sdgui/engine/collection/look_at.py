"""Says what one file or folder is, by its header alone."""

from dataclasses import replace
from pathlib import Path

from sdgui.engine.checkpoints.gguf import header_of
from sdgui.engine.checkpoints.header import Header
from sdgui.engine.checkpoints.kinds import Kind, kind_of, transformer_of
from sdgui.engine.checkpoints.refusals import check_transformer, no_transformer
from sdgui.engine.checkpoints.single_file import SingleFile, check_suffix
from sdgui.engine.collection.walk import Place
from sdgui.engine.families.recognise import recognise
from sdgui.engine.licence import licence_in, licence_said
from sdgui.engine.model_files import HashCache, LocalFiles
from sdgui.engine.vaes.recognise import IN_A_FOLDER, vae_info
from sdgui.errors import UserError
from sdgui.inventory import FileKind, ModelFile

KINDS = {
    Kind.CHECKPOINT: FileKind.MODEL,
    Kind.LORA: FileKind.LORA,
    Kind.DORA: FileKind.LORA,
    Kind.EMBEDDING: FileKind.EMBEDDING,
    Kind.VAE: FileKind.VAE,
    Kind.TRANSFORMER: FileKind.TRANSFORMER,
}
BASE_MODEL = ("modelspec.architecture", "ss_base_model_version", "ss_sd_model_name")
TITLE = ("modelspec.title", "ss_output_name")
TRIGGER = "modelspec.trigger_phrase"
_LONGEST, _MOST = 100, 12


def look_at(place: Place) -> ModelFile:
    """What lies at the place, called by its own name; every fault is a sentence in it."""
    path = place.path
    name = clean(path.name if path.is_dir() else path.stem)
    found = ModelFile(name=name, kind=FileKind.OTHER, bytes=place.bytes)
    try:
        if path.is_dir():
            found = replace(found, licence=licence_in(path) or "")
            return _model(found, LocalFiles(path, HashCache(None)))
        check_suffix(path.name, path)
        header = header_of(path)
        return _file(_told(found, header), path, header)
    except UserError as error:
        return replace(found, fault=str(error))
    except OSError as error:
        return replace(found, fault=f"“{name}” cannot be read ({error.strerror}).")


def _file(found: ModelFile, path: Path, header: Header) -> ModelFile:
    kind = kind_of(header)
    if header.is_gguf and kind is not Kind.TRANSFORMER:
        return replace(found, fault=str(no_transformer(found.name, kind)))
    found = replace(found, kind=KINDS.get(kind, FileKind.OTHER))
    if kind is Kind.DORA:
        return replace(found, fault=f"“{found.name}” is a DoRA, whose scale would be lost here.")
    if kind is Kind.TRANSFORMER:
        family, _ = transformer_of(header) or ("", "")
        found = replace(found, family=family, is_gguf=header.is_gguf)
        try:
            check_transformer(found.name, family, header)
        except UserError as error:
            return replace(found, fault=str(error))
        return found
    if kind is Kind.VAE:
        return _vae(found, path)
    if kind in (Kind.LORA, Kind.EMBEDDING):
        return found
    try:
        return _model(found, SingleFile(found.name, path, HashCache(None), header=header))
    except UserError as error:
        return replace(found, fault=str(error))


def _vae(found: ModelFile, path: Path) -> ModelFile:
    """A VAE; a part of diffusers' layout is called as its folder is."""
    name = found.name
    if name.partition(".")[0] == IN_A_FOLDER:
        name = clean(path.parent.name)
    info = vae_info(name, path)
    return replace(found, name=info.name, fault=info.fault and f"{info.fault} {info.hint}")


def _model(found: ModelFile, files: LocalFiles | SingleFile) -> ModelFile:
    try:
        info = recognise(found.name, files).info
    except UserError as error:
        return replace(found, kind=FileKind.MODEL, fault=str(error))
    return replace(found, kind=FileKind.MODEL, family=info.family)


def _told(found: ModelFile, header: Header) -> ModelFile:
    """With what the metadata say."""
    said = header.metadata
    words = (clean(word) for word in said.get(TRIGGER, "")[: _LONGEST * _MOST].split(","))
    return replace(
        found,
        base_model=next((clean(said[one]) for one in BASE_MODEL if said.get(one)), ""),
        title=next((clean(said[one]) for one in TITLE if said.get(one)), ""),
        licence=licence_said(said) or "",
        trigger_words=tuple(dict.fromkeys(word for word in words if word))[:_MOST],
    )


def clean(text: str) -> str:
    """Text out of a file or its name, as it may be shown."""
    return "".join(char for char in text[:_LONGEST] if char.isprintable()).strip()
