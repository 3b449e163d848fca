"""What the command line says, as one frozen value."""

import argparse
import ipaddress
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdgui.errors import UserError
from sdgui.written_values import shown

DEVICES = ("auto", "cpu", "cuda")
AUTH = "SDGUI_AUTH"
"""The variable of the environment that may hold name:password."""
_LONGEST_AUTH = 1000
_JOINER = "\u200d"
_SHOWN_AS = "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
"""What follows a sign that is shown in colour, or with one of five skins."""
DTYPES = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this server runs: `models` can be chosen, and the first is the page's default; where `model_is_said`, also
    before the one that the owner chose there. In `models_dirs` more are looked for. `auth` are pairs of name and
    password, none where nobody is asked; `auth_is_seen` where they stand on the command line. `new_token`: the
    owner's former links and cookies end. `guests` is what was said of guests' limits, by the names of the terms.
    `safety_checker`: a model's own safety checker looks at what it made. `root_path` stands before all paths where a
    proxy has this server below one of its own, without a slash at its end; `trusted_proxies` are the addresses and
    networks whose word is taken for who asks. `imports` are folders whose pictures are brought in, linked, or as
    copies where `import_copies`."""

    models: tuple[str, ...] = ("demo",)
    model_is_said: bool = False
    models_dirs: tuple[Path, ...] = ()
    host: str = "127.0.0.1"
    port: int = 7860
    share: bool = False
    auth: tuple[tuple[str, str], ...] = ()
    auth_is_seen: bool = False
    new_token: bool = False
    guests: Mapping[str, Any] = field(default_factory=dict)
    root_path: str = ""
    trusted_proxies: tuple[str, ...] = ()
    imports: tuple[Path, ...] = ()
    import_copies: bool = False
    output_dir: Path = Path("outputs")
    device: str = "auto"
    dtype: str = "auto"
    clip: str | None = None
    safety_checker: bool = True
    rebuild: bool = False


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
    flags: Sequence[str], file: Path | None, environment: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Names and passwords from the flags, the file or the environment; none where none of them says any."""
    if flags:
        told = [
            _name_and_password(one, "--auth", "Write it as --auth name:password.") for one in flags
        ]
        if len({name for name, _ in told}) < len(told):
            raise UserError("--auth names somebody twice.", "Give each name one password, once.")
        return tuple(told)
    if file is not None:
        hint = "Write name:password into it, and nothing else."
        return (_name_and_password(_read_auth(file), f"The file {file}", hint),)
    if (said := environment.get(AUTH)) is not None:
        hint = "Write it as name:password, or leave it unset."
        return (_name_and_password(said, f"The environment's {AUTH}", hint),)
    return ()


def _root_path(told: str) -> str:
    path = told.rstrip("/")
    if path and not re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+", path):
        raise UserError(
            f"{shown(told)} is no path for --root-path.",
            "Write it as /sdgui, in letters and digits.",
        )
    return path


def _networks(told: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(str(ipaddress.ip_network(one, strict=False)) for one in told))
    except ValueError as error:
        raise UserError(
            "--trusted-proxy needs an address or a network.",
            "For example 127.0.0.1 or 10.0.0.0/8.",
        ) from error


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
    if len(told) > _LONGEST_AUTH or not _joined(told).isprintable():
        raise UserError(
            f"{where} has more than one line, or signs that no browser can send.",
            "Choose a name and a password that can be typed.",
        )
    return user, password


def _joined(told: str) -> str:
    """Without the joiners that make one sign of several (a person and what they do); a joiner anywhere else is a sign
    that nobody sees, by which two names look alike."""
    return re.sub(
        _JOINER,
        lambda m: "" if _is_sign(told[: m.start()]) and _is_sign(told[m.end() :][:1]) else m[0],
        told,
    )


def _is_sign(text: str) -> bool:
    """Whether this ends with a picture sign, of whatever skin and however it is shown."""
    bare = text.rstrip(_SHOWN_AS)
    return bool(bare) and unicodedata.category(bare[-1]) == "So"


_GUESTS = {
    "steps": ("guest_steps", 1, "steps that a guest may ask for"),
    "pixels": (
        "guest_size",
        64,
        "width and height of the largest picture that a guest may ask for, or as many pixels",
    ),
    "pictures": ("guest_pictures", 1, "pictures that a guest may ask for at once"),
    "waiting": ("guest_waiting", 1, "pictures that a guest may have waiting"),
    "dreams_a_minute": ("guest_dreams", 1, "dreams that a guest may begin in a minute"),
    "waiting_all": ("guest_waiting_all", 1, "pictures that all guests together may have waiting"),
    "disk": ("guest_disk", 1, "megabytes of pictures that a guest may have"),
    "upload": ("guest_upload", 1, "megabytes of a file that a guest may send to be read"),
    "disk_all": ("guest_disk_all", 1, "megabytes of pictures that all guests together may have"),
}
"""By the names of the terms: the flag, the least that it may say, and what it is."""


def _add_guests(parser: argparse.ArgumentParser) -> None:
    for flag, _, what in _GUESTS.values():
        parser.add_argument(
            f"--{flag.replace('_', '-')}",
            type=int,
            metavar="N",
            default=argparse.SUPPRESS,
            help=f"{what}; before what was decided on the page",
        )
    parser.add_argument(
        "--guest-model",
        action="append",
        metavar="MODEL",
        default=argparse.SUPPRESS,
        help="a model that guests may dream with; give it again for each further one (default: all)",
    )
    parser.add_argument(
        "--owner-first",
        action="store_true",
        default=argparse.SUPPRESS,
        help="the owner's dreams go before the guests'",
    )


def _guests(given: argparse.Namespace) -> dict[str, Any]:
    """What was said of guests, as terms; UserError for what cannot be."""
    said: dict[str, Any] = {}
    for name, (flag, least, _) in _GUESTS.items():
        value = getattr(given, flag, None)
        if value is None:
            continue
        if value < least:
            shown = f"--{flag.replace('_', '-')}"
            raise UserError(f"{shown} cannot be {value}.", f"The least is {least}.")
        said[name] = value
    if "pixels" in said:
        said["pixels"] **= 2
    for name in ("disk", "disk_all", "upload"):
        if name in said:
            said[name] *= 1_000_000
    if models := getattr(given, "guest_model", None):
        said["models"] = tuple(dict.fromkeys(models))
    if getattr(given, "owner_first", False):
        said["owner_first"] = True
    return said


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
        "--root-path",
        default="",
        metavar="PATH",
        help="the path below which a reverse proxy has this server, as /sdgui",
    )
    parser.add_argument(
        "--trusted-proxy",
        action="append",
        default=argparse.SUPPRESS,
        metavar="ADDRESS",
        help="address, or network, of a reverse proxy whose X-Forwarded headers are believed; whoever comes is a guest "
        "then, and the owner by the link in the terminal; give it again for each further one",
    )
    parser.add_argument(
        "--share", action="store_true", help="open a public link; whoever has it is a guest"
    )
    secrets = parser.add_mutually_exclusive_group()
    secrets.add_argument(
        "--auth",
        action="append",
        default=argparse.SUPPRESS,
        metavar="NAME:PASSWORD",
        help="ask visitors for this name and password; give it again for each further person, who then finds their "
        "pictures on every device; the name owner is the owner's; everybody on this machine can read it in its list "
        f"of processes, unlike --auth-file and the environment's {AUTH}",
    )
    secrets.add_argument(
        "--auth-file",
        type=Path,
        metavar="FILE",
        help="ask visitors for the name:password that stands alone in this file",
    )
    parser.add_argument(
        "--new-token",
        action="store_true",
        help="make another link for the owner; the former one, and all browsers that came with it, are guests then",
    )
    _add_guests(parser)
    parser.add_argument(
        "--import",
        action="append",
        type=Path,
        default=argparse.SUPPRESS,
        dest="imports",
        metavar="FOLDER",
        help="a folder with pictures of A1111, Forge, ComfyUI, InvokeAI, SwarmUI or an older sdgui, which come into "
        "the owner's history while the program runs, each once; they stay where they are and are only read; give it "
        "again for each further folder",
    )
    parser.add_argument(
        "--import-copy",
        action="store_true",
        help="copy what --import brings in into the output folder",
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
    parser.add_argument(
        "--no-safety-checker",
        action="store_false",
        dest="safety_checker",
        default=argparse.SUPPRESS,
        help="leave out the safety checkers that came with models, for the owner and all guests: no picture is held "
        "back then, and previews are as sharp as of any other model",
    )
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="first make the list of pictures again from their files, where it is damaged or gone, "
        "or have it learn of pictures that it does not know",
    )
    given = parser.parse_args(argv)

    if not 1 <= given.port <= 65535:
        raise UserError(f"There is no port {given.port}.", "Choose one from 1 to 65535.")
    auth = _auth(
        getattr(given, "auth", ()), given.auth_file, {} if environment is None else environment
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
    imports = tuple(dict.fromkeys(getattr(given, "imports", ())))
    for folder in imports:
        if not folder.is_dir():
            raise UserError(
                f"There is no folder at {folder}.", "Give --import a folder with pictures."
            )
    if given.import_copy and not imports:
        raise UserError("--import-copy says how, and nothing says what.", "Add --import FOLDER.")
    check_dtype(given.device, given.dtype)
    return Settings(
        models=models,
        model_is_said="model" in given,
        models_dirs=models_dirs,
        host=given.host,
        port=given.port,
        share=given.share,
        auth=auth,
        auth_is_seen="auth" in given,
        new_token=given.new_token,
        guests=_guests(given),
        root_path=_root_path(given.root_path),
        trusted_proxies=_networks(getattr(given, "trusted_proxy", ())),
        imports=imports,
        import_copies=given.import_copy,
        output_dir=given.output_dir,
        device=given.device,
        dtype=given.dtype,
        clip=given.clip,
        safety_checker=getattr(given, "safety_checker", True),
        rebuild=given.rebuild,
    )
