"""The models that can be chosen, known by name without torch; implements ports.Models."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdgui.emphasis import PromptLength
from sdgui.engine.families.recognise import Found, recognise
from sdgui.engine.hub import Hub, HubFiles, OnBytes, Repository, is_hub_id
from sdgui.engine.model_files import HashCache, LocalFiles
from sdgui.engine.tokens import TokenCounter
from sdgui.errors import UserError
from sdgui.model_info import ModelInfo, ModelRef


@dataclass(frozen=True, kw_only=True)
class Located:
    """A model whose files are all on this machine."""

    folder: Path
    found: Found


class Catalog:
    """The default model, the embedded ones and `others`, each a folder in diffusers' layout or a hub id.

    Only these can be described: visitors name models too, and must not make this machine open or fetch what its
    owner did not choose. Can be pickled; a copy in another process finds the same models.
    """

    def __init__(
        self,
        default: str,
        *,
        embedded: Mapping[str, Path] | None = None,
        others: tuple[str, ...] = (),
        cache_dir: Path | None = None,
        hub_cache: Path | None = None,
    ) -> None:
        self._arguments: dict[str, Any] = {
            "default": default,
            "embedded": dict(embedded or {}),
            "others": others,
            "cache_dir": cache_dir,
            "hub_cache": hub_cache,
        }
        self._default = default
        self._embedded = dict(embedded or {})
        self._others = others
        self._hashes = HashCache(None if cache_dir is None else cache_dir / "hashes.json")
        self.hub = Hub(hub_cache, self._hashes)
        self._found: dict[str, tuple[object, Found]] = {}
        self._repositories: dict[str, Repository] = {}
        self._tokens: dict[str, TokenCounter] = {}
        self._preferred: tuple[str, ...] = ()
        self._added: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return (_remake, (self._arguments,))

    def names(self) -> tuple[str, ...]:
        """The models that can be chosen, the default one first."""
        usual = (self._default, *self._embedded, *self._others)
        return tuple(dict.fromkeys((*self._preferred, *usual, *self._added)))

    def prefer(self, model: str) -> None:
        """Makes one of `names` the default from now on."""
        self._preferred = (model,)

    def add(self, model: str) -> None:
        """Offers one more model from now on; one that is offered already stays where it is."""
        self._added = (*self._added, model)

    def forget(self, model: str) -> None:
        """Offers a model no more that was added, and remembers nothing of it."""
        self._preferred = tuple(one for one in self._preferred if one != model)
        self._added = tuple(one for one in self._added if one != model)
        self._found.pop(model, None)
        self._repositories.pop(model, None)

    def files(self, model: str) -> tuple[Path, ...]:
        """The files that make up a model on this machine; none for one that is still to be fetched."""
        folder = self._folder(model)
        if folder is None:
            return ()
        return tuple(folder / name for name in self._recognise_folder(model, folder).files)

    def describe(self, model: str) -> ModelInfo:
        """What is known of the model; UserError when it is not one of `names` or unfit."""
        if model not in self.names():
            raise UserError(
                f"There is no model called “{model[:80]}” here.",
                f"Choose one of: {', '.join(self.names())}.",
            )
        return self._recognise(model).info

    def count_tokens(self, model: str, prompt: str) -> int:
        """Tokens of a prompt that is read plainly, with its start and end token."""
        return self._counter(model, self.describe(model)).count(prompt)

    def measure_prompt(self, model: str, prompt: str) -> PromptLength:
        """How long a prompt with emphasis is."""
        info = self.describe(model)
        return self._counter(model, info).measure(prompt, info.token_limit)

    def reference(self, model: str) -> ModelRef:
        """The model's name and content hash; UserError when unfit."""
        return self._recognise(model).info.ref

    def locate(self, model: str, on_bytes: OnBytes | None = None) -> Located:
        """The model with all its files on this machine, fetched from the hub where they are not.

        For models of specs that were resolved before, so `names` does not limit it. UserError when unfit.
        """
        folder = self._folder(model)
        if folder is None:
            found = self._recognise(model)
            folder = self.hub.fetch(self._repository(model), found.files, on_bytes)
        return Located(folder=folder, found=self._recognise_folder(model, folder))

    def _counter(self, model: str, info: ModelInfo) -> TokenCounter:
        counter = self._tokens.get(info.ref.hash)
        if counter is None:
            found = self._recognise(model)
            folder = self._folder(model)
            if folder is None:
                names = [name for name in found.files if name.startswith(f"{found.tokenizer}/")]
                folder = self.hub.fetch(self._repository(model), names)
            counter = self._tokens[info.ref.hash] = TokenCounter(folder / found.tokenizer)
        return counter

    def _recognise(self, model: str) -> Found:
        folder = self._folder(model)
        if folder is not None:
            return self._recognise_folder(model, folder)
        repository = self._repository(model)
        return self._remembered(
            model,
            repository.commit,
            lambda: recognise(model, HubFiles(self.hub, repository, self._hashes)),
        )

    def _recognise_folder(self, model: str, folder: Path) -> Found:
        try:
            files = LocalFiles(folder, self._hashes)
            return self._remembered(model, files.stamp(), lambda: recognise(model, files))
        except OSError as error:
            raise UserError(
                f"“{model}” cannot be read ({error.strerror}).",
                "Check the permissions of its folder and files.",
            ) from error

    def _remembered(self, model: str, stamp: object, look: Any) -> Found:
        known = self._found.get(model)
        if known is not None and known[0] == stamp:
            return known[1]
        found: Found = look()
        self._found[model] = (stamp, found)
        return found

    def _folder(self, model: str) -> Path | None:
        """The folder of a model that is on this machine; None for one that must be fetched from the hub."""
        embedded = self._embedded.get(model)
        if embedded is not None:
            if not embedded.is_dir():
                raise UserError(
                    f"The embedded model “{model}” is missing from this installation.",
                    "Install sdgui anew, or train the model: python -m sdgui.demo.training.train",
                )
            return embedded
        if "\0" in model:
            raise UserError("There is no model with such a name.", "Type its name anew.")
        path = Path(model).expanduser()
        if path.is_dir():
            return path
        if path.is_file():
            raise UserError(
                f"“{model}” is a file, and a model here is a folder.",
                "Give a folder in diffusers' layout (with a model_index.json) or a hub id (owner/name).",
            )
        if not is_hub_id(model):
            raise UserError(
                f"There is no model at “{model}”.",
                "Give demo, a folder in diffusers' layout, or a hub id such as owner/name.",
            )
        snapshot = self.hub.snapshot(model)
        if snapshot is None or not self._complete(model, snapshot):
            return None
        return snapshot

    def _complete(self, model: str, snapshot: Path) -> bool:
        """Whether a snapshot can be used as it is; an interrupted download cannot."""
        try:
            self._recognise_folder(model, snapshot)
        except UserError:
            return False
        return True

    def _repository(self, model: str) -> Repository:
        """What the hub holds, asked once: the commit stays the same while this program runs."""
        repository = self._repositories.get(model)
        if repository is None:
            repository = self._repositories[model] = self.hub.repository(model)
        return repository


def _remake(arguments: dict[str, Any]) -> Catalog:
    return Catalog(**arguments)
