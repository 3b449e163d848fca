"""Models on a hub: what a repository holds, and its files in the hub client's own cache. HF_ENDPOINT is respected."""

import fnmatch
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdgui.engine.model_files import HashCache, OnFraction, hash_over
from sdgui.errors import UserError

OnBytes = Callable[[float], None]
"""Called with the fraction (0 to 1) that is fetched."""


@dataclass(frozen=True, kw_only=True)
class Repository:
    """One commit of a repository: sizes in bytes, the hashes that the hub knows (of large files), and the licence that
    it names. A `gated` one is only given to those who accepted its terms."""

    name: str
    commit: str
    sizes: Mapping[str, int]
    hashes: Mapping[str, str]
    licence: str | None = None
    gated: bool = False


class Hub:
    """Looks models up in the local cache first; asks the hub only for what is not there."""

    def __init__(
        self,
        cache_dir: Path | None = None,
        hashes: HashCache | None = None,
        token: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`hashes` remembers those of what was fetched, for whoever asks next; `token`: who asks the hub, where that
        is another than whom the hub's own client is logged in as."""
        self._cache_dir = cache_dir
        self._hashes = HashCache(None) if hashes is None else hashes
        self.token = token

    def snapshot(self, name: str, file: str = "model_index.json") -> Path | None:
        """The folder of the cached snapshot of a repository that has `file`, complete or not; no network."""
        import huggingface_hub

        found = huggingface_hub.try_to_load_from_cache(name, file, cache_dir=self._cache_dir)
        return Path(found).parent if isinstance(found, str) else None

    def repository(self, name: str) -> Repository:
        """What the hub holds now; UserError when there is no such model or no way to the hub."""
        import huggingface_hub

        with plain_errors(name):
            info = huggingface_hub.HfApi(endpoint=endpoint(), token=self.token()).model_info(
                name, files_metadata=True, timeout=20
            )
        files = info.siblings or ()
        return Repository(
            name=name,
            commit=str(info.sha),
            sizes={file.rfilename: file.size or 0 for file in files},
            hashes={file.rfilename: file.lfs.sha256 for file in files if file.lfs is not None},
            licence=_licence(info.card_data),
            gated=bool(info.gated),
        )

    def fetch(
        self, repository: Repository, names: Sequence[str], on_bytes: OnBytes | None = None
    ) -> Path:
        """The snapshot folder, once the named files are in the cache; what is there already is not fetched again.

        A connection that breaks is taken up again where it broke; UserError when that does not help, and when a file
        is not what the hub says it is, which is then not kept.
        """
        import huggingface_hub

        total = sum(repository.sizes[name] for name in names) or 1
        done = 0
        path = None
        for name in names:
            bar = None if on_bytes is None else _bar(lambda n, d=done: on_bytes((d + n) / total))  # type: ignore[misc]
            with plain_errors(repository.name):
                path = Path(
                    huggingface_hub.hf_hub_download(
                        repository.name,
                        name,
                        revision=repository.commit,
                        cache_dir=self._cache_dir,
                        endpoint=endpoint(),
                        token=self.token(),
                        tqdm_class=bar,
                    )
                )
            self.check(repository, name, path)
            done += repository.sizes[name]
            if on_bytes is not None:
                on_bytes(done / total)
        if path is None:
            raise ValueError("no files to fetch")
        self._remember_main(repository)
        return path.parents[len(Path(names[-1]).parts) - 1]

    def folder(self, name: str) -> Path:
        """Where the hub client keeps a repository, whether it is there or not."""
        from huggingface_hub import constants
        from huggingface_hub.file_download import repo_folder_name

        cache = Path(self._cache_dir if self._cache_dir is not None else constants.HF_HUB_CACHE)
        return cache / repo_folder_name(repo_id=name, repo_type="model")

    def check(self, repository: Repository, name: str, path: Path) -> None:
        """UserError unless a file is what the hub says it is, of which the client looks at the size only; it goes."""
        known = repository.hashes.get(name)
        if known is None or self._hashes.sha256(path) == known:
            return
        path.resolve().unlink()
        path.unlink(missing_ok=True)
        raise UserError(
            f"{name} of “{repository.name}” arrived damaged.", "Try again: it is fetched anew."
        )

    def _remember_main(self, repository: Repository) -> None:
        """Files were fetched by commit; the branch must point there for `snapshot` to find them."""
        reference = self.folder(repository.name) / "refs" / "main"
        reference.parent.mkdir(parents=True, exist_ok=True)
        temporary = reference.with_name(f"main.{os.getpid()}.tmp")
        temporary.write_text(repository.commit)
        temporary.replace(reference)


class HubFiles:
    """The files of a model on a hub: small ones fetched, large ones known by what the hub says of them."""

    def __init__(self, hub: Hub, repository: Repository, hashes: HashCache) -> None:
        self._hub = hub
        self._repository = repository
        self._hashes = hashes
        self.sizes = repository.sizes

    def text(self, name: str) -> str:
        return self._local(name).read_text(encoding="utf-8")

    def tensor_bytes(self, name: str) -> int:
        return self.sizes[name]  # all but the header, which only the file itself tells

    def content_hash(self, names: Sequence[str], on_fraction: OnFraction | None = None) -> str:
        return hash_over({name: self._sha256(name) for name in names})

    def _sha256(self, name: str) -> str:
        known = self._repository.hashes.get(name)
        return known if known is not None else self._hashes.sha256(self._local(name))

    def _local(self, name: str) -> Path:
        return self._hub.fetch(self._repository, [name]) / name


def is_hub_id(name: str) -> bool:
    """Whether the text has the form `owner/name` of a repository."""
    owner, slash, model = name.partition("/")
    parts_fit = all(
        part
        and not part.startswith((".", "-"))
        and all(char.isascii() and (char.isalnum() or char in "._-") for char in part)
        for part in (owner, model)
    )
    return bool(slash) and parts_fit and len(name) <= 96 and not fnmatch.fnmatch(name, "*..*")


def endpoint() -> str | None:
    """The address of the hub, where it is not the usual one."""
    return os.environ.get("HF_ENDPOINT") or None


def _licence(card: Any) -> str | None:
    """What the repository's card says of its licence, in one word: `other` has a name of its own."""
    told = {} if card is None else card.to_dict()
    licence = told.get("license")
    if licence == "other" and isinstance(told.get("license_name"), str):
        licence = told["license_name"]
    return licence[:80] if isinstance(licence, str) and licence.isprintable() else None


def _bar(on_bytes: Callable[[int], None]) -> Any:
    """A silent progress bar class, as the hub client wants one, that reports the bytes of one file."""
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[misc, unused-ignore]
        def __init__(self, *args: Any, initial: int = 0, **kwargs: Any) -> None:
            kwargs.pop("name", None)
            super().__init__(*args, **{**kwargs, "disable": True})
            self.bytes = initial

        def update(self, n: float | None = 1) -> None:
            self.bytes += int(n or 0)
            on_bytes(self.bytes)

    return Bar


@contextmanager
def plain_errors(name: str) -> Iterator[None]:
    """Turns the hub client's errors into one plain sentence."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError as error:
        raise UserError(
            f"“{name}” is only given to people who accepted its terms.",
            "Accept them on the model's page, then log in here with: hf auth login",
        ) from error
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        raise UserError(
            f"There is no model called “{name}” on the hub.",
            "Check the spelling (owner/name); a private one needs: hf auth login",
        ) from error
    except errors.RemoteEntryNotFoundError as error:
        raise UserError(
            f"“{name}” changed on the hub while it was fetched.", "Try again."
        ) from error
    except errors.HfHubHTTPError as error:
        raise _not_served(name, error) from error
    except (httpx2.HTTPError, errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        if isinstance(error.__cause__, errors.HfHubHTTPError):
            raise _not_served(name, error.__cause__) from error
        raise UserError(
            f"The hub cannot be reached, and “{name}” is not complete on this machine.",
            "Check the network and try again; the model inside works without a network",
        ) from error
    except OSError as error:
        raise UserError(
            f"“{name}” could not be fetched ({error.strerror or 'the download was incomplete'}).",
            "Check the disk's free space and try again; files fetched so far are kept.",
        ) from error
    except ValueError as error:
        raise UserError(
            f"What the hub answered about “{name}” could not be understood.",
            "Check that HF_ENDPOINT, where it is set, is the address of a hub.",
        ) from error


def _not_served(name: str, error: Any) -> UserError:
    status = error.response.status_code
    if status == 401:
        return UserError(
            f"The hub wants to know who asks for “{name}”.", "Log in here with: hf auth login"
        )
    if status == 403:
        return UserError(
            f"The hub does not let you have “{name}”.",
            "Ask its owner for access, or log in here as somebody who has it: hf auth login",
        )
    if status == 429:
        return UserError(
            "The hub was asked too often from here.",
            "Try again in some minutes; files fetched so far are kept.",
        )
    return UserError(
        f"The hub could not serve “{name}” (status {status}).",
        "Try again later; files fetched so far are kept.",
    )
