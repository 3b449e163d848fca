"""What the command line says, as one frozen value."""

import argparse
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sdgui.errors import UserError

DEVICES = ("auto", "cpu", "cuda")
AUTH = "SDGUI_AUTH"
"""The variable of the environment that may hold name:password."""
_LONGEST_AUTH = 1000
DTYPES = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this server runs: `models` can be chosen, and the first is the page's default; where `model_is_said`, also
    before the one that the owner chose there. In `models_dirs` more are looked for. `auth` is a pair of user and
    password or None."""

    models: tuple[str, ...] = ("demo",)
    model_is_said: bool = False
    models_dirs: tuple[Path, ...] = ()
    host: str = "127.0.0.1"
    port: int = 7860
    share: bool = False
    auth: tuple[str, str] | None = None
    output_dir: Path = Path("outputs")
    device: str = "auto"
    dtype: str = "auto"
    clip: str | None = None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_dtype(device: str, dtype: str) -> None:
    """UserError for a number format that the device does not compute in, as far as that is known without torch."""
    if device == "cpu" and dtype == "float16":
        raise UserError(
            "float16 is for CUDA devices.", "On the CPU use --dtype float32, or bfloat16."
        )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise UserError(f"{message[:1].upper()}{message[1:]}.", "Try: python app.py --help")


def _auth(
    flag: str | None, file: Path | None, environment: Mapping[str, str]
) -> tuple[str, str] | None:
    """Name and password from the flag, the file or the environment; None where none of them says any."""
    if flag is not None:
        return _name_and_password(flag, "--auth", "Write it as --auth name:password.")
    if file is not None:
        hint = "Write name:password into it, and nothing else."
        return _name_and_password(_read_auth(file), f"The file {file}", hint)
    if (told := environment.get(AUTH)) is not None:
        hint = "Write it as name:password, or leave it unset."
        return _name_and_password(told, f"The environment's {AUTH}", hint)
    return None


def _read_auth(file: Path) -> str:
    try:
        with file.open(encoding="utf-8-sig") as lines:
            told = lines.read(_LONGEST_AUTH + 1)
    except (OSError, ValueError) as error:
        raise UserError(
            f"The file {file} cannot be read.", "Does it exist, as text, and may you read it?"
        ) from error
    return told.removesuffix("\n")


def _name_and_password(told: str, where: str, hint: str) -> tuple[str, str]:
    user, colon, password = told.partition(":")
    if not (user and colon and password):
        raise UserError(f"{where} needs a name and a password.", hint)
    if len(told) > _LONGEST_AUTH or not told.isprintable():
        raise UserError(
            f"{where} has more than one line, or signs that no browser can send.",
            "Choose a name and a password that can be typed.",
        )
    return user, password


def parse_settings(argv: Sequence[str], environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the command line, and from the environment where one is given; UserError with a plain sentence
    when something in them is wrong."""
    parser = _Parser(
        prog="app.py",
        description="sdgui: DreamStudio on your own machine. Opens a page where you type a prompt and watch it form.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--model",
        action="append",
        default=argparse.SUPPRESS,  # else what is given would be added to the default
        help="demo, a .safetensors file, a diffusers folder, or a hub id; give it again for each further model, "
        "the first is the page's default (default: demo)",
    )
    parser.add_argument(
        "--models-dir",
        action="append",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="FOLDER",
        help="a folder with models, told by what its files are; give it again for each further one "
        "(default: models beside app.py, where there is one)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=7860, help="port to listen on")
    parser.add_argument(
        "--share", action="store_true", help="open a public link (needs a password)"
    )
    secrets = parser.add_mutually_exclusive_group()
    secrets.add_argument(
        "--auth",
        metavar="NAME:PASSWORD",
        help="ask visitors for this name and password; everybody on this machine can read it in its "
        f"list of processes, unlike --auth-file and the environment's {AUTH}",
    )
    secrets.add_argument(
        "--auth-file",
        type=Path,
        metavar="FILE",
        help="ask visitors for the name:password that stands alone in this file",
    )
    parser.add_argument(
        "--output-dir", type=Path, default=Path("outputs"), help="where pictures are kept"
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where to compute")
    parser.add_argument(
        "--dtype", choices=DTYPES, default="auto", help="number format to compute in"
    )
    parser.add_argument(
        "--clip",
        help="CLIP that scores how well pictures fit their prompt, for models without one of their own: "
        "a folder or a hub id",
    )
    given = parser.parse_args(argv)

    if not 1 <= given.port <= 65535:
        raise UserError(f"There is no port {given.port}.", "Choose one from 1 to 65535.")
    auth = _auth(given.auth, given.auth_file, {} if environment is None else environment)
    if auth is None and (given.share or not is_loopback(given.host)):
        flag = "--share" if given.share else f"--host {given.host}"
        raise UserError(
            f"{flag} would let strangers use this machine.",
            "Add --auth name:password (or --auth-file), and tell the name and the password to your guests only.",
        )
    if given.clip is not None and not given.clip.strip():
        raise UserError("--clip needs a folder or a hub id.", "Leave it out to have no scores.")
    models = tuple(dict.fromkeys(getattr(given, "model", ["demo"])))
    if not all(model.strip() for model in models):
        raise UserError(
            "--model needs demo, a file, a folder or a hub id.",
            "Leave it out for the model inside.",
        )
    models_dirs = tuple(dict.fromkeys(getattr(given, "models_dir", ())))
    for folder in models_dirs:
        if not folder.is_dir():
            raise UserError(
                f"There is no folder at {folder}.", "Give --models-dir a folder with models."
            )
    check_dtype(given.device, given.dtype)
    return Settings(
        models=models,
        model_is_said="model" in given,
        models_dirs=models_dirs,
        host=given.host,
        port=given.port,
        share=given.share,
        auth=auth,
        output_dir=given.output_dir,
        device=given.device,
        dtype=given.dtype,
        clip=given.clip,
    )
