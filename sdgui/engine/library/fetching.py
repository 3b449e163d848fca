"""Fetches large files of a repository so that they can be held, broken off and taken up again, also by another process.

The hub's own client begins anew with each call; what it needs of a file once that is whole, it finds in its cache.
"""

import shutil
import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from sdgui.engine.hub import Hub, Repository, endpoint, plain_errors
from sdgui.errors import UserError, plain_no_room

PARTIAL = "partial"
"""The folder, beside the client's own in that of a repository, where files lie that are not whole."""
_CHUNK = 2**20
_ATTEMPTS = 5
"""Times that a connection may break in a row without a byte between."""
_PATIENCE = 20.0
"""Seconds that the hub may be silent."""


class Stopped(Exception):
    """Somebody wants this download no longer, or not now."""


def missing(hub: Hub, repository: Repository, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the files that are not in the cache yet."""
    snapshot = _snapshot(hub, repository)
    return tuple(name for name in names if not (snapshot / name).is_file())


def fetched_bytes(hub: Hub, repository: Repository, names: tuple[str, ...]) -> int:
    """How much of the files is here."""
    left = missing(hub, repository, names)
    whole = sum(repository.sizes[name] for name in names if name not in left)
    return whole + sum(
        min(_size(path), repository.sizes[name])
        for name in left
        if (path := _partial(hub, repository, name)) is not None
    )


def fetch_large(
    hub: Hub,
    repository: Repository,
    name: str,
    on_bytes: Callable[[int], None],
    stop: threading.Event,
) -> None:
    """Fetches one file whose hash the hub knows into the client's cache, from where it was left.

    `on_bytes` is called with what of it is here. Stopped once `stop` is set; UserError as of the hub, and when the
    disk is full: what is here stays, but for a file that is not what the hub says it is.
    """
    partial = _partial(hub, repository, name)
    assert partial is not None
    blob = hub.folder(repository.name) / "blobs" / repository.hashes[name]
    total = repository.sizes[name]
    partial.parent.mkdir(parents=True, exist_ok=True)
    attempts = _ATTEMPTS
    while not blob.exists() and (had := _size(partial)) != total:
        if had > total:
            partial.unlink()
        broken = _fetch_rest(hub, repository, name, partial, on_bytes, stop)
        attempts = _ATTEMPTS if _size(partial) > had else attempts - 1
        if broken is not None and not attempts:
            raise broken
        if broken is not None and stop.wait(_ATTEMPTS - attempts):
            raise Stopped
    if not blob.exists():
        blob.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(blob)
    hub.check(repository, name, blob)
    on_bytes(total)


def discard(hub: Hub, repository: Repository) -> None:
    """Removes what is not whole of a repository."""
    folder = hub.folder(repository.name) / PARTIAL
    for name in repository.hashes.values():
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def remove(hub: Hub, repository: Repository, names: tuple[str, ...]) -> int:
    """Takes files of a commit off the disk, where no other commit has the same; the bytes that this freed."""
    discard(hub, repository)
    folder = hub.folder(repository.name)
    freed = 0
    for name in names:
        pointer = _snapshot(hub, repository) / name
        if not pointer.is_file():
            continue
        blob = pointer.resolve()
        pointer.unlink()
        if blob == pointer or not _is_used(blob, folder):
            freed += _unlinked(blob) if blob.exists() else repository.sizes[name]
    remove_empty(folder)
    return freed


def bytes_of(hub: Hub, repository: Repository, names: tuple[str, ...]) -> int:
    """Bytes that `remove` frees at most."""
    snapshot = _snapshot(hub, repository)
    return sum(_size(snapshot / name) for name in names)


def remove_empty(folder: Path) -> None:
    """Removes a repository's folder where nothing but references is left, and else the empty ones in it."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()
    if not any((folder / part).exists() for part in ("snapshots", "blobs", PARTIAL)):
        shutil.rmtree(folder, ignore_errors=True)


def _is_used(blob: Path, folder: Path) -> bool:
    return any(path.resolve() == blob for path in (folder / "snapshots").rglob("*"))


def _unlinked(path: Path) -> int:
    size = path.stat().st_size
    path.unlink()
    return size


def _fetch_rest(
    hub: Hub,
    repository: Repository,
    name: str,
    partial: Path,
    on_bytes: Callable[[int], None],
    stop: threading.Event,
) -> UserError | None:
    """Fetches what is missing of a file; the fault where the connection broke, which may be tried again."""
    import httpx2
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status, http_stream_backoff

    url = hf_hub_url(repository.name, name, revision=repository.commit, endpoint=endpoint())
    token = hub.token()
    try:
        with plain_errors(repository.name), plain_no_room(f"{name} could not be written"):
            told = get_hf_file_metadata(url, token=token, endpoint=endpoint())
            headers = {**build_hf_headers(token=token), "Accept-Encoding": "identity"}
            if urlsplit(told.location).netloc != urlsplit(url).netloc:
                headers.pop("authorization", None)  # the token is for the hub alone
            at = _size(partial)
            if at:
                headers["Range"] = f"bytes={at}-"
            with http_stream_backoff(
                *("GET", told.location),
                headers=headers,
                timeout=_PATIENCE,
                retry_on_exceptions=(),
                retry_on_status_codes=(),
            ) as response:
                hf_raise_for_status(response)
                at = at if response.status_code == HTTPStatus.PARTIAL_CONTENT else 0
                with partial.open("ab" if at else "wb") as out:
                    for chunk in response.iter_bytes(_CHUNK):
                        out.write(chunk)
                        out.flush()
                        at += len(chunk)
                        on_bytes(at)
                        if stop.is_set():
                            raise Stopped
    except UserError as fault:
        if isinstance(fault.__cause__, httpx2.TransportError):
            return fault
        raise
    if at < repository.sizes[name]:
        return UserError(f"“{repository.name}” was sent in part only.", "Try again.")
    return None


def _snapshot(hub: Hub, repository: Repository) -> Path:
    return hub.folder(repository.name) / "snapshots" / repository.commit


def _partial(hub: Hub, repository: Repository, name: str) -> Path | None:
    known = repository.hashes.get(name)
    return None if known is None else hub.folder(repository.name) / PARTIAL / known


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
