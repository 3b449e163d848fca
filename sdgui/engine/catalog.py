"""The models that can be chosen, known by name without torch; implements ports.Models."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sdgui.adapter_info import AdapterInfo
from sdgui.adapters import Adapter
from sdgui.emphasis import PromptLength
from sdgui.engine.adapters.asked import asked_adapters, check_loras, fitting_words
from sdgui.engine.adapters.shelf import Shelf
from sdgui.engine.checkpoints.gguf import header_of
from sdgui.engine.checkpoints.kinds import Kind, kind_of, transformer_of
from sdgui.engine.checkpoints.over_base import OverBase
from sdgui.engine.checkpoints.single_file import SingleFile, check_suffix
from sdgui.engine.collection.bases import needs_base
from sdgui.engine.collection.collection import Collection
from sdgui.engine.families.recognise import Found, recognise
from sdgui.engine.hub import Hub, HubFiles, Repository, is_hub_id
from sdgui.engine.model_files import HashCache, LocalFiles, OnFraction, stamp_of
from sdgui.engine.places import is_place
from sdgui.engine.safety.recognise import OwnChecker
from sdgui.engine.source import Source
from sdgui.engine.tokens import TokenCounter
from sdgui.engine.vaes.shelf import VaeShelf
from sdgui.errors import UserError
from sdgui.inventory import Inventory
from sdgui.learnt_words import LearntNames
from sdgui.model_info import ModelInfo, ModelRef
from sdgui.vae_info import VaeInfo


@dataclass(frozen=True, kw_only=True)
class Located:
    """A model whose files are all on this machine; `vae` is a hash of that part. `files` are those that decide pixels,
    without those of its own safety checker."""

    source: Source
    info: ModelInfo
    files: tuple[str, ...]
    vae: str
    checker: OwnChecker | None = None


class Catalog:
    """The default model, the embedded ones and `others`: folders in diffusers' layout, single files, hub ids.

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
        models_dirs: tuple[Path, ...] = (),
        places: Mapping[str, str] | None = None,
    ) -> None:
        """`models_dirs`: the owner's folders, in which models (see `collection`), LoRAs and learnt words are looked
        for. `places`: where those lie that are called by a short name instead (see `places`); pictures that were made
        when they were called by the place find them still."""
        self._arguments: dict[str, Any] = {
            "default": default,
            "embedded": dict(embedded or {}),
            "others": others,
            "cache_dir": cache_dir,
            "hub_cache": hub_cache,
            "models_dirs": models_dirs,
            "places": dict(places or {}),
        }
        self._default = default
        self._embedded = dict(embedded or {})
        self._others = others
        self._places = dict(places or {})
        self._cache_dir = cache_dir
        self.hashes = HashCache(None if cache_dir is None else cache_dir / "hashes.json")
        self.hub = Hub(hub_cache, self.hashes)
        self._found: dict[str, _Remembered] = {}
        self._repositories: dict[str, Repository] = {}
        self.collection = Collection(
            models_dirs,
            None if cache_dir is None else cache_dir / "models.json",
            reserved=frozenset(
                (
                    *(*self._embedded, *self._places),
                    *(one for one in (default, *others) if is_hub_id(one) or is_place(one)),
                )
            ),
        )
        self._shelf = Shelf(self.collection, self.hashes)
        self._vaes = VaeShelf(self.collection, self.hashes)
        self._correct: Callable[[ModelInfo], ModelInfo] = lambda info: info
        self._preferred: tuple[str, ...] = ()
        self._added: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return (_remake, (self._arguments,))

    def names(self) -> tuple[str, ...]:
        """The models that can be chosen, the default one first."""
        usual = (self._default, *self._embedded, *self._others)
        offered = dict.fromkeys((*usual, *self._added, *self.collection.names()))
        preferred = (one for one in self._preferred if one in offered)
        return tuple(dict.fromkeys((*preferred, *offered)))

    def at_hand(self) -> tuple[str, ...]:
        """Those of `names` that can be described without reading what nobody asked for yet."""
        found = set(self.collection.names()) - self._found.keys() - set(self._preferred)
        return tuple(name for name in self.names() if name not in found)

    def inventory(self) -> Inventory:
        """What lies in the owner's folders, whether it can be used or not."""
        return self.collection.inventory()

    def prefer(self, model: str) -> None:
        """Makes a model the default as long as it is one of `names`, also one that is still to be found."""
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

    def place(self, model: str) -> Path | None:
        """The folder or file of a model on this machine; None for one that is still to be fetched."""
        return self._path(model)

    def files(self, model: str) -> tuple[Path, ...]:
        """The files that make up a model on this machine; none for one that is still to be fetched."""
        path = self._path(model)
        if path is None or path.is_file():
            return () if path is None else (path,)
        return tuple(path / name for name in self._recognise_path(model, path).found.files)

    def bytes(self, model: str) -> int:
        """What the files of a model take on this machine, those of its own safety checker too."""
        path = self._path(model)
        if path is None or path.is_file():
            return 0 if path is None else path.stat().st_size
        names = self._recognise_path(model, path).found.all_files
        return sum((path / name).stat().st_size for name in names)

    def look(self, model: str) -> ModelInfo:
        """What is known of the model without reading its weights, so that its hash may be UNREAD.

        UserError when it is not one of `names` or unfit.
        """
        remembered = self._looked(model)
        if remembered.hash is None and not self._is_hashed(model):
            return remembered.found.info
        return self._correct(_hashed(remembered))

    def describe(self, model: str) -> ModelInfo:
        """What is known of the model, with its hash; errors as of `look`.

        Reads the whole model where it was not yet: seconds for each gigabyte, once.
        """
        return self._correct(_hashed(self._looked(model)))

    def as_its_files_say(self, model: str) -> ModelInfo:
        """The same as `describe` without what its owner corrected."""
        return _hashed(self._looked(model))

    def correct_by(self, correct: Callable[[ModelInfo], ModelInfo]) -> None:
        """Has everything that is known of a model, with its hash, corrected from now on."""
        self._correct = correct

    def _is_hashed(self, model: str) -> bool:
        """Whether a model's hash can be told without reading it."""
        files = self.files(model)
        return bool(files) and all(map(self.hashes.knows, files))

    def count_tokens(self, model: str, prompt: str) -> int:
        """Tokens of a prompt that is read plainly, with its start and end token."""
        self.check(model)
        return self._counter(model).count(prompt)

    def measure_prompt(self, model: str, prompt: str) -> PromptLength:
        """How long a prompt with emphasis is."""
        info = self.look(model)
        words = fitting_words(self._shelf, info)
        learnt = LearntNames({name: one.vectors for name, one in words.items()})
        return self._counter(model).measure(prompt, info.token_limit, learnt)

    def check_loras(self, model: str, prompt: str) -> None:
        """UserError for a LoRA that the prompt asks for and that is not here, or does not fit the model."""
        check_loras(self._shelf, self.look(model), prompt)

    def adapters(self) -> tuple[AdapterInfo, ...]:
        """The LoRAs and learnt words in the owner's folders, also those that cannot be used."""
        return self._shelf.all()

    def find_adapters(
        self, info: ModelInfo, prompt: str, negative_prompt: str
    ) -> tuple[Adapter, ...]:
        """What both prompts ask a model to be changed by; UserError where it cannot be."""
        return asked_adapters(self._shelf, info, prompt, negative_prompt)

    def check_adapters(self, adapters: Sequence[Adapter]) -> None:
        """UserError unless each is here, and what it was."""
        for one in adapters:
            self._shelf.locate(one)

    def locate_adapter(self, adapter: Adapter) -> Path:
        """The file of an adapter of a spec; UserError where it is gone, or another by now."""
        return self._shelf.locate(adapter)

    def vaes(self) -> tuple[VaeInfo, ...]:
        """The VAEs in the owner's folders, also those that cannot be used."""
        return self._vaes.all()

    def choose_vae(self, name: str, model: ModelInfo) -> ModelRef:
        """The VAE of this name by its content; UserError where it is not there or does not fit the model."""
        return self._vaes.choose(name, model)

    def check_vae(self, vae: ModelRef, model: ModelInfo) -> None:
        """UserError unless it is here, what it was, and fits the model."""
        self._vaes.check(vae, model)

    def locate_vae(self, vae: ModelRef) -> Path:
        """The file of a VAE of a spec; UserError where it is gone, or another by now."""
        return self._vaes.locate(vae)

    def reference(self, model: str, on_fraction: OnFraction | None = None) -> ModelRef:
        """The model's name and content hash; UserError when unfit."""
        return _hashed(self._recognise(model), on_fraction).ref

    def locate(self, model: str, on_fraction: OnFraction | None = None) -> Located:
        """The model with all its files on this machine, fetched from the hub where they are not.

        For models of specs that were resolved before, so `names` does not limit it. UserError when unfit.
        """
        remembered = self._recognise(model)
        if isinstance(remembered.files, HubFiles):
            names = remembered.found.all_files
            folder = self.hub.fetch(self._repository(model), names, on_fraction)
            remembered, on_fraction = self._recognise_path(model, folder), None
        files = remembered.files
        assert not isinstance(files, HubFiles)
        with self._readable(model):
            return Located(
                source=files.source(remembered.found.variant, self._cache_dir),
                info=_hashed(remembered, on_fraction),
                files=remembered.found.files,
                checker=remembered.found.checker,
                vae=files.part_hash("vae", remembered.found.files),
            )

    def check(self, model: str) -> None:
        """UserError unless the model is one of `names`."""
        if model not in self.names() and model not in self._places.values():
            raise UserError(
                f"There is no model called “{model[:80]}” here.",
                f"Choose one of: {', '.join(self.names())}.",
            )

    def _looked(self, model: str) -> "_Remembered":
        self.check(model)
        return self._recognise(model)

    def _counter(self, model: str) -> TokenCounter:
        remembered = self._recognise(model)
        if remembered.counter is None:
            tokenizer = remembered.found.tokenizer
            files = remembered.files
            if isinstance(files, HubFiles):
                names = [
                    name for name in remembered.found.files if name.startswith(f"{tokenizer}/")
                ]
                folder = self.hub.fetch(self._repository(model), names) / tokenizer
            else:
                folder = files.tokenizer_folder(tokenizer, self._cache_dir)
            remembered.counter = TokenCounter(folder)
        return remembered.counter

    def _recognise(self, model: str) -> "_Remembered":
        path = self._path(model)
        if path is not None:
            return self._recognise_path(model, path)
        repository = self._repository(model)
        return self._remembered(
            model, repository.commit, lambda: HubFiles(self.hub, repository, self.hashes)
        )

    def _recognise_path(self, model: str, path: Path) -> "_Remembered":
        with self._readable(model):
            if path.is_dir():
                files = LocalFiles(path, self.hashes)
                return self._remembered(model, files.stamp(), lambda: files)
            check_suffix(model, path)
            known = self._found.get(model)
            if known is not None and isinstance(known.files, OverBase):
                if known.files.is_current:
                    return known
                self._found.pop(model, None)  # what changed may be its base
            return self._remembered(model, stamp_of(path), lambda: self._file(model, path))

    def _file(self, model: str, path: Path) -> SingleFile | OverBase:
        """A whole checkpoint, or a transformer with the rest of a model of its family that lies here."""
        header = header_of(path)
        found = transformer_of(header) if kind_of(header) is Kind.TRANSFORMER else None
        if found is None:
            return SingleFile(model, path, self.hashes, header=header)
        family, _ = found
        base = self.collection.base_of(family, path.stem)
        if base is None:
            raise needs_base(model, family)
        return OverBase(model, path, base, self.hashes, header=header)

    @contextmanager
    def _readable(self, model: str) -> Iterator[None]:
        """Says what keeps the files of a model from being read."""
        try:
            yield
        except FileNotFoundError as error:
            raise UserError(
                f"“{model}” is no longer where it was.",
                "Put it back, or choose another model.",
            ) from error
        except OSError as error:
            raise UserError(
                f"“{model}” cannot be read ({error.strerror}).",
                "Check the permissions of its folder and files.",
            ) from error

    def _remembered(
        self, model: str, stamp: object, files: Callable[[], "_Files"]
    ) -> "_Remembered":
        known = self._found.get(model)
        if known is not None and known.stamp == stamp:
            return known
        looked_at = files()
        found = recognise(model, looked_at)
        remembered = _Remembered(stamp=stamp, files=looked_at, found=found)
        self._found[model] = remembered
        return remembered

    def _path(self, model: str) -> Path | None:
        """The folder or file of a model that is on this machine; None for one that must be fetched from the hub."""
        embedded = self._embedded.get(model)
        if embedded is not None:
            if not embedded.is_dir():
                raise UserError(
                    f"The embedded model “{model}” is missing from this installation.",
                    "Install sdgui anew, or train the model: python -m sdgui.demo.training.train",
                )
            return embedded
        place = self._places.get(model)
        found = self.collection.path_of(model) if place is None else Path(place).expanduser()
        if found is not None:
            if found.exists():
                return found
            raise UserError(
                f"“{model}” is no longer where it was.", "Put it back, or choose another model."
            )
        if "\0" in model:
            raise UserError("There is no model with such a name.", "Type its name anew.")
        path = Path(model).expanduser()
        if path.is_dir() or path.is_file():
            return path
        if not is_hub_id(model):
            if (found := self.collection.search(model)) is not None:
                return found
            raise UserError(
                f"There is no model at “{model}”.",
                "Give demo, a .safetensors file, a folder in diffusers' layout, or a hub id such as owner/name.",
            )
        snapshot = self.hub.snapshot(model)
        if snapshot is None or not self._complete(model, snapshot):
            return None
        return snapshot

    def _complete(self, model: str, snapshot: Path) -> bool:
        """Whether a snapshot can be used as it is; an interrupted download cannot."""
        try:
            self._recognise_path(model, snapshot)
        except UserError:
            return False
        return True

    def _repository(self, model: str) -> Repository:
        """What the hub holds, asked once: the commit stays the same while this program runs."""
        repository = self._repositories.get(model)
        if repository is None:
            repository = self._repositories[model] = self.hub.repository(model)
        return repository


_Files = LocalFiles | SingleFile | OverBase | HubFiles


@dataclass(kw_only=True)
class _Remembered:
    """What was found of a model, as long as its stamp stays; `hash` and `counter` once they were wanted."""

    stamp: object
    files: _Files
    found: Found
    hash: str | None = None
    counter: TokenCounter | None = None


def _hashed(remembered: _Remembered, on_fraction: OnFraction | None = None) -> ModelInfo:
    if remembered.hash is None:
        remembered.hash = remembered.files.content_hash(remembered.found.files, on_fraction)
    info = remembered.found.info
    return replace(info, ref=replace(info.ref, hash=remembered.hash))


def _remake(arguments: dict[str, Any]) -> Catalog:
    return Catalog(**arguments)
