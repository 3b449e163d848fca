"""The files of a CLIP in transformers' layout: which they are, and where they are on this machine. No torch."""

from pathlib import Path

from sdgui.engine.hub import Hub, HubFiles, OnBytes, is_hub_id
from sdgui.engine.model_files import UNSAFE, HashCache, LocalFiles, ModelFiles, read_json
from sdgui.engine.model_folder import TOKENIZER_FORMS, weight_files
from sdgui.errors import UserError

CONFIG = "config.json"
PROCESSORS = (("processor_config.json",), ("preprocessor_config.json",))
"""Either suffices."""
BESIDES = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")


def find_clip(name: str, hub: Hub, on_bytes: OnBytes | None = None) -> Path:
    """The folder of the CLIP `name` (a folder or a hub id), fetched from the hub where it is not on this machine.

    UserError when it is none, is not complete, or has no safetensors.
    """
    if "\0" in name:
        raise UserError("There is no CLIP with such a name.", "Type its name anew.")
    folder = Path(name).expanduser()
    if not folder.is_dir():
        if not is_hub_id(name):
            raise UserError(
                f"There is no CLIP at “{name}”.",
                "Give --clip a folder in transformers' layout, or a hub id such as owner/name.",
            )
        folder = _from_hub(name, hub, on_bytes)
    _check_folder(name, folder)
    return folder


def clip_files(name: str, files: ModelFiles) -> tuple[str, ...]:
    """The names of the files that make up a CLIP; UserError when it cannot be used."""
    if CONFIG not in files.sizes:
        raise _incomplete(name, CONFIG)
    kind = read_json(files, CONFIG).get("model_type")
    if kind != "clip":
        raise UserError(
            f"“{name}” is no CLIP (it says {kind}).", "Choose a CLIP of words and pictures."
        )
    weights = weight_files("model", None, files)
    if not weights:
        if any(file.lower().endswith(UNSAFE) for file in files.sizes):
            raise UserError(
                f"“{name}” has no safetensors, and only safetensors are loaded.",
                "Other formats can run code when they are opened; choose a CLIP with a model.safetensors.",
            )
        raise _incomplete(name, "model.safetensors")
    chosen = [CONFIG, *weights]
    for groups in (TOKENIZER_FORMS, PROCESSORS):
        complete = [group for group in groups if all(file in files.sizes for file in group)]
        if not complete:
            raise _incomplete(name, " or ".join(" and ".join(group) for group in groups))
        chosen += [file for group in complete for file in group]
    return (*chosen, *(file for file in BESIDES if file in files.sizes))


def _from_hub(name: str, hub: Hub, on_bytes: OnBytes | None) -> Path:
    snapshot = hub.snapshot(name, CONFIG)
    if snapshot is not None:
        try:
            _check_folder(name, snapshot)
            return snapshot
        except UserError:
            pass  # an interrupted download, or one of other files; the hub has the rest
    repository = hub.repository(name)
    files = HubFiles(hub, repository, HashCache(None))
    return hub.fetch(repository, clip_files(name, files), on_bytes)


def _check_folder(name: str, folder: Path) -> None:
    """UserError unless all files are there and the weights are what they say."""
    try:
        files = LocalFiles(folder, HashCache(None))
        for file in clip_files(name, files):
            if file.endswith(".safetensors"):
                files.tensor_bytes(file)
    except OSError as error:
        raise UserError(
            f"“{name}” cannot be read ({error.strerror}).",
            "Check the permissions of its folder and files.",
        ) from error


def _incomplete(name: str, file: str) -> UserError:
    return UserError(
        f"“{name}” is not a complete CLIP: {file} is missing.", "Copy or download it anew."
    )
