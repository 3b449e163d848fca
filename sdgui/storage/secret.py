"""What only this server knows: kept in the output folder, so that whoever it knew it knows after a restart."""

import logging
import os
import secrets
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

SECRET = ".secret"
_BYTES = 32


def server_secret(folder: Path, name: str = SECRET) -> bytes:
    """The secret of an output folder that is called so, made where there is none yet; only the owner of the file may
    read it.

    One that cannot be kept holds until the server ends.
    """
    file = folder / name
    with suppress(OSError):
        kept = file.read_bytes()
        if len(kept) == _BYTES:
            _keep_private(file)
            return kept
    return renew_secret(folder, name)


def renew_secret(folder: Path, name: str) -> bytes:
    """Another secret in place of the one that is called so."""
    file = folder / name
    secret = secrets.token_bytes(_BYTES)
    try:
        _write(file, secret)
    except OSError as fault:
        log.warning("a secret that knows people again could not be kept: %s", fault)
    return secret


def _write(file: Path, secret: bytes) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    temporary = file.with_name(f"{file.name}.tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(secret)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _keep_private(file: Path) -> None:
    """A copy that came from elsewhere may be readable by all."""
    if os.name == "posix" and file.stat().st_mode & 0o077:
        file.chmod(0o600)
