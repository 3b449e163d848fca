"""The owner's models looked after; implements ports.Library."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from sdgui.correction import Correction
from sdgui.engine.catalog import Catalog
from sdgui.engine.checkpoints.gguf import header_of
from sdgui.engine.families.recognise import Found, recognise
from sdgui.engine.families.table import title_of
from sdgui.engine.hub import Hub, HubFiles, Repository, endpoint, is_hub_id
from sdgui.engine.library.addresses import hub_id
from sdgui.engine.library.corrections import Corrections, corrected
from sdgui.engine.library.downloads import Downloads, Order
from sdgui.engine.library.fetching import bytes_of, fetched_bytes, missing, remove
from sdgui.engine.library.hub_token import NAME as TOKEN
from sdgui.engine.library.hub_token import HubToken
from sdgui.engine.library.known import KNOWN
from sdgui.engine.library.owners_file import NAME, OwnersFile, Write
from sdgui.engine.library.removal import remove_from, size_of
from sdgui.engine.licence import licence_in, licence_said
from sdgui.engine.main_memory import main_memory
from sdgui.engine.model_files import HashCache, Stamp, stamp_of
from sdgui.errors import UserError
from sdgui.inventory import FileKind, ModelFile
from sdgui.library import Card, Checking, Corrected, Defaults, Download, KnownModel, Offer
from sdgui.model_info import ModelInfo, ModelRef

log = logging.getLogger(__name__)


class OwnersLibrary:
    """The models of a catalog, and what their owner decided about them, kept in the output folder.

    Call `start` once, before models are chosen from the catalog, and `close` at the end.
    """

    def __init__(
        self,
        catalog: Catalog,
        folder: Path,
        write: Write,
        *,
        embedded: frozenset[str] = frozenset(),
        is_said: bool = False,
        models_dirs: Sequence[Path] = (),
        hub_cache: Path | None = None,
        checks: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`is_said`: the command line names the default model, which goes before the one that is remembered. `checks`:
        safety checkers that came with models are used."""
        self._catalog = catalog
        self._embedded = embedded
        self._is_said = is_said
        self._checks = checks
        self._folders = tuple(models_dirs)
        self._kept = OwnersFile(folder / NAME, write)
        self._corrections = Corrections(self._kept)
        self._revision = 0
        self._token = HubToken(folder / TOKEN)
        self._hub = Hub(hub_cache, catalog.hashes, self._token.read)
        self._downloads = Downloads(self._hub, self._kept, self._arrived, clock)

    def start(self) -> None:
        """Offers what was fetched, makes the remembered default so, and goes on with what is on its way."""
        self._catalog.correct_by(self._corrections.apply)
        for model, order in self._fetched().items():
            if not missing(self._hub, order.repository, order.names):
                self._catalog.add(model)
        default = self._kept.get("default")
        if not self._is_said and self._can_begin_with(default):
            self._catalog.prefer(default)
        self._downloads.start()

    def close(self) -> None:
        """Breaks off what is on its way, which goes on with the next start."""
        self._downloads.close()

    # What is here

    def cards(self) -> tuple[Card, ...]:
        fetched, at_hand = self._fetched(), set(self._catalog.at_hand())
        finds = {
            one.name: one
            for one in self._catalog.inventory().files
            if one.kind in (FileKind.MODEL, FileKind.TRANSFORMER)
        }
        names = self._catalog.names()
        cards = [
            self._card(model, fetched) if model in at_hand else self._found(finds[model])
            for model in names
            if model in at_hand or model in finds
        ]
        return (*cards, *(self._found(one) for name, one in finds.items() if name not in names))

    def known(self) -> tuple[KnownModel, ...]:
        return KNOWN

    @property
    def memory(self) -> int | None:
        memory = main_memory()
        return None if memory is None else memory.total

    def set_default(self, model: str) -> str:
        self._catalog.look(model)
        self._kept.change("default", lambda _: model)
        if self._is_said:
            return "It is the default from the next start without --model on; that goes before it."
        self._catalog.prefer(model)
        return ""

    def removal(self, model: str) -> int:
        found = self._catalog.collection.path_of(model)
        if found is not None and self._folders:
            return size_of(found)
        order = self._removable(model)
        return bytes_of(self._hub, order.repository, order.names)

    def remove(self, model: str) -> int:
        found = self._catalog.collection.path_of(model)
        try:
            if found is not None and self._folders:
                freed = remove_from(self._folders, found)
                self._catalog.collection.forget(model)
            else:
                order = self._removable(model)
                freed = remove(self._hub, order.repository, order.names)
        except OSError as error:
            raise UserError(
                f"“{model}” could not be removed ({error.strerror}).",
                "Check the permissions of the folder where models are kept.",
            ) from error
        self._catalog.forget(model)
        self._kept.drop("fetched", model)
        if self._kept.get("default") == model:
            self._kept.change("default", lambda _: "")
        return freed

    @property
    def revision(self) -> int:
        return self._revision

    def corrected(self, model: str) -> Corrected:
        own = self._catalog.as_its_files_say(model)
        correction, defaults = self._corrections.of(own.ref.hash)
        now = self._corrections.apply(own)
        return self._told(own, now, correction, defaults)

    def correct(self, model: str, correction: Correction, defaults: Defaults) -> Corrected:
        own = self._catalog.as_its_files_say(model)
        now = corrected(own, correction, defaults)
        self._corrections.keep(own.ref.hash, correction, defaults)
        self._revision += 1
        return self._told(own, now, correction, defaults)

    def choose_vae(self, model: str, name: str) -> ModelRef:
        return self._catalog.choose_vae(name, self._catalog.as_its_files_say(model))

    def _told(
        self, own: ModelInfo, now: ModelInfo, correction: Correction, defaults: Defaults
    ) -> Corrected:
        return Corrected(
            own=own,
            now=now,
            correction=correction,
            defaults=defaults,
            vaes=self._catalog.vaes() if own.vae is not None else (),
        )

    # What is on a hub

    @property
    def is_offline(self) -> bool:
        from huggingface_hub import constants

        return bool(constants.HF_HUB_OFFLINE)

    @property
    def has_token(self) -> bool:
        return self._token.read() is not None

    def set_token(self, token: str) -> None:
        self._token.keep(token)

    def look_up(self, text: str) -> Offer:
        model = hub_id(text)
        repository = self._hub.repository(model)
        try:
            found = self._recognise(repository)
        except UserError:
            if not repository.gated:
                raise
            return Offer(
                model=model,
                title=_title(model),
                bytes=sum(repository.sizes.values()),
                left=sum(repository.sizes.values()),
                files=len(repository.sizes),
                licence=repository.licence,
                locked=True,
                address=self._address(model),
            )
        order = self._order(repository, found)
        return Offer(
            model=model,
            title=order.title,
            family_title=order.family_title,
            bytes=order.total,
            left=order.total - fetched_bytes(self._hub, repository, order.names),
            memory_bytes=found.info.memory_bytes,
            files=len(order.names),
            licence=repository.licence,
            address=self._address(model),
        )

    def downloads(self) -> tuple[Download, ...]:
        return self._downloads.told()

    def begin(self, model: str) -> None:
        if self._downloads.resume(model):
            return
        repository = self._hub.repository(hub_id(model))
        self._downloads.begin(self._order(repository, self._recognise(repository)))

    def pause(self, model: str) -> None:
        self._downloads.pause(model)

    def cancel(self, model: str) -> None:
        self._downloads.cancel(model)

    def wait(self, model: str) -> None:
        """Returns once no download of a model is under way."""
        self._downloads.wait(model)

    # How

    def _can_begin_with(self, model: str) -> bool:
        """Whether a model is here as far as can be told, or may still be found in the owner's folders."""
        if model not in self._catalog.names():
            return True
        try:
            if not self._catalog.files(model):
                return False
            self._catalog.look(model)
        except UserError as fault:
            log.warning("the default model is not the one that was chosen: %s", fault)
            return False
        return True

    def _card(self, model: str, fetched: dict[str, Order]) -> Card:
        order = fetched.get(model)
        try:
            files = self._catalog.files(model)
            if not files and is_hub_id(model):
                return Card(model=model, title=_title(model), fault="It is still to be fetched.")
            info = self._catalog.look(model)
        except UserError as fault:
            return Card(model=model, title=_title(model), fault=str(fault))
        return Card(
            model=model,
            title=info.title,
            family=info.family,
            family_title=title_of(info.family),
            bytes=self._catalog.bytes(model),
            memory_bytes=info.memory_bytes,
            place=self._place(model),
            licence=self._licence(model, order, files),
            hash=info.ref.hash,
            checker=self._checker(info),
            checker_fault="" if info.checker is None else info.checker.fault,
            removable=order is not None or self._catalog.collection.path_of(model) is not None,
        )

    def _checker(self, info: ModelInfo) -> Checking:
        if info.checker is None:
            return Checking.NONE
        if not self._checks:
            return Checking.OFF
        return Checking.UNREADABLE if info.checker.fault else Checking.ACTIVE

    def _found(self, find: ModelFile) -> Card:
        """A model in the owner's folders of which no more is known than was seen there."""
        return Card(
            model=find.name,
            title=find.title or _title(find.name),
            family=find.family,
            family_title=title_of(find.family),
            bytes=find.bytes,
            memory_bytes=find.bytes,
            place=self._place(find.name),
            licence=find.licence or None,
            removable=True,
            fault=find.fault,
        )

    def _place(self, model: str) -> str:
        if model in self._embedded:
            return "inside the app"
        found = self._catalog.collection.path_of(model)
        if found is not None:
            inside = (one for one in self._folders if found.is_relative_to(one))
            base = next(inside, found.parent)
            return f"{base.name}/{found.parent.relative_to(base).as_posix()}".removesuffix("/.")
        path = self._catalog.place(model)
        if path is None or (is_hub_id(model) and path.is_relative_to(self._hub.folder(model))):
            return "the hub's cache"
        path = path.absolute()
        for base, before in ((Path.cwd(), ""), (Path.home(), "~/")):
            if path.is_relative_to(base):
                return f"{before}{path.relative_to(base).as_posix()}"
        return path.as_posix()

    def _licence(self, model: str, order: Order | None, files: tuple[Path, ...]) -> str | None:
        if order is not None:
            return order.repository.licence
        if len(files) == 1:
            return _licence_of(files[0], stamp_of(files[0]))
        tops = {file.parent for file in files if file.name == "model_index.json"}
        return next((licence for top in tops if (licence := licence_in(top))), None)

    def _recognise(self, repository: Repository) -> Found:
        return recognise(repository.name, HubFiles(self._hub, repository, HashCache(None)))

    def _order(self, repository: Repository, found: Found) -> Order:
        info: ModelInfo = found.info
        return Order(
            repository=repository,
            title=info.title,
            family_title=title_of(info.family),
            names=found.all_files,
            mine=missing(self._hub, repository, found.all_files),
        )

    def _address(self, model: str) -> str:
        from huggingface_hub import constants

        return f"{(endpoint() or constants.ENDPOINT).rstrip('/')}/{model}"

    def _fetched(self) -> dict[str, Order]:
        """The models that were fetched here, by their ids."""
        orders: dict[str, Order] = {}
        for model, told in self._kept.get("fetched").items():
            try:
                orders[model] = Order.from_dict(model, told)
            except (KeyError, TypeError, ValueError):
                log.warning("what was kept of %s could not be read", model)
        return orders

    def _arrived(self, order: Order) -> None:
        model = order.repository.name
        self._kept.put("fetched", model, order.to_dict(paused=False))
        self._catalog.add(model)

    def _removable(self, model: str) -> Order:
        order = self._fetched().get(model)
        if order is not None:
            return order
        if model in self._embedded:
            raise UserError("The model inside the app stays.", "It is small.")
        raise UserError(
            f"“{_title(model)}” was not fetched here, so it is not removed from here.",
            "Remove it where it lies.",
        )


@lru_cache(maxsize=256)
def _licence_of(file: Path, stamp: Stamp) -> str | None:
    """What a model in one file says of its licence, as long as it has this stamp."""
    return licence_said(header_of(file).metadata)


def _title(model: str) -> str:
    return model.rstrip("/").rpartition("/")[2]
