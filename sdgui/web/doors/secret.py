"""What only this server knows: kept in the output folder, so that whoever it knew it knows after a restart."""

import logging
import os
import secrets
from pathlib import Path

log = logging.getLogger(__name__)

SECRET = ".secret"
_BYTES = 32


def server_secret(folder: Path) -> bytes:
    """The secret of an output folder, made where there is none yet; only the owner of the file may read it.

    One that cannot be kept holds until the server ends.
    """
    file = folder / SECRET
    try:
        kept = file.read_bytes()
        if len(kept) == _BYTES:
            return kept
    except OSError:
        pass
    secret = secrets.token_bytes(_BYTES)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(secret)
            out.flush()
            os.fsync(descriptor)
    except OSError as fault:
        log.warning("the secret that knows visitors again could not be kept: %s", fault)
    return secret
