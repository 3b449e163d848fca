"""The protocols between the floors: what the studio and the web need, without saying how it is done."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo
from pathlib import Path
from typing import Protocol

from sdgui.adapter_info import AdapterInfo
from sdgui.adapters import Adapter
from sdgui.choosing import Chooser
from sdgui.correction import Correction
from sdgui.emphasis import PromptLength
from sdgui.events import Batch, Pixels, Task, WorkerEvent
from sdgui.imports import FolderImport
from sdgui.inventory import Inventory
from sdgui.library import Card, Corrected, Defaults, Download, KnownModel, Offer
from sdgui.links import Link
from sdgui.model_info import ModelInfo, ModelRef
from sdgui.people import Maker
from sdgui.picture_query import Facets, PictureQuery
from sdgui.records import (
    Binned,
    Emptied,
    Hiding,
    JobEnd,
    JobRecord,
    Judged,
    Judgement,
    Mark,
    ModelUse,
    PictureRecord,
    Report,
    Restored,
)
from sdgui.vae_info import VaeInfo

Emit = Callable[[WorkerEvent], None]
IsCancelled = Callable[[str], bool]
"""Whether the task with this id is no longer wanted; cheap, called once a step."""


class Models(Protocol):
    """Knows models without torch."""

    def describe(self, model: str) -> ModelInfo:
        """What is known of the model (`demo`, a diffusers folder, a single file or a hub id); UserError when unfit.

        Its content is read for its hash where it was not yet: seconds for each gigabyte.
        """
        ...

    def look(self, model: str) -> ModelInfo:
        """The same at once, where nobody needs the hash, which may be missing."""
        ...

    def names(self) -> tuple[str, ...]:
        """The models that can be chosen, the default one first."""
        ...

    def at_hand(self) -> tuple[str, ...]:
        """Those of them that can be described at once: others first have to be looked at."""
        ...

    def inventory(self) -> Inventory:
        """What lies in the owner's models folders, whether it can be used or not."""
        ...

    def count_tokens(self, model: str, prompt: str) -> int:
        """Tokens of a prompt that is read plainly, with its start and end token."""
        ...

    def measure_prompt(self, model: str, prompt: str) -> PromptLength:
        """How long a prompt with emphasis is."""
        ...

    def check_loras(self, model: str, prompt: str) -> None:
        """UserError for a LoRA that the prompt asks for and that is not here, or does not fit the model; quick."""
        ...

    def adapters(self) -> tuple[AdapterInfo, ...]:
        """The LoRAs and learnt words that there are, also those that cannot be used."""
        ...

    def find_adapters(
        self, info: ModelInfo, prompt: str, negative_prompt: str
    ) -> tuple[Adapter, ...]:
        """What both prompts ask a model to be changed by; UserError where it cannot be."""
        ...

    def check_adapters(self, adapters: Sequence[Adapter]) -> None:
        """UserError unless each is here, and what it was."""
        ...

    def vaes(self) -> tuple[VaeInfo, ...]:
        """The VAEs in the owner's folders, also those that cannot be used."""
        ...

    def check_vae(self, vae: ModelRef, model: ModelInfo) -> None:
        """UserError unless a VAE is here, what it was, and fits a model."""
        ...


class Library(Protocol):
    """Looks after the owner's models; what cannot be done is a UserError. Safe to call from several threads."""

    def cards(self) -> tuple[Card, ...]:
        """The models that can be chosen, the default one first; asks no hub."""
        ...

    def known(self) -> tuple[KnownModel, ...]:
        """Well-known models with open weights."""
        ...

    @property
    def memory(self) -> int | None:
        """Bytes of main memory that this machine has, where it tells."""
        ...

    @property
    def is_offline(self) -> bool:
        """Whether this program was told to ask no hub."""
        ...

    @property
    def has_token(self) -> bool:
        """Whether a token for the hub is kept here."""
        ...

    def set_token(self, token: str) -> None:
        """Keeps a token for the hub, which is never told again; "" forgets it."""
        ...

    def set_default(self, model: str) -> str:
        """Remembers the page's default model; what keeps it from being so at once, in words, or ""."""
        ...

    def removal(self, model: str) -> int:
        """Bytes that `remove` would free."""
        ...

    def remove(self, model: str) -> int:
        """Takes a model off the disk; the bytes that this freed."""
        ...

    @property
    def revision(self) -> int:
        """Another one after each correction."""
        ...

    def corrected(self, model: str) -> Corrected:
        """What is corrected of a model; reads the whole of it where that was not done yet."""
        ...

    def correct(self, model: str, correction: Correction, defaults: Defaults) -> Corrected:
        """Has a model read, and its dreams begun, so from now on: remembered by the hash of its content."""
        ...

    def choose_vae(self, model: str, name: str) -> ModelRef:
        """A VAE by its name, with the hash of its content; UserError where the model cannot be corrected with it."""
        ...

    def look_up(self, text: str) -> Offer:
        """What the hub has under an id or under an address of its own; fetches a few small files."""
        ...

    def downloads(self) -> tuple[Download, ...]:
        """The models on their way, in the order in which they were asked for."""
        ...

    def begin(self, model: str) -> None:
        """Begins to fetch a model from the hub, or goes on with it; it goes on after a restart, too."""
        ...

    def pause(self, model: str) -> None:
        """Holds a download; what is fetched so far stays."""
        ...

    def cancel(self, model: str) -> None:
        """Gives a download up, and removes what was fetched of it."""
        ...


class Engine(Protocol):
    """Turns batches into pictures on one device; called by one thread (or process) at a time, which owns the device."""

    def warm(self, model: str, emit: Emit) -> None:
        """Loads the model ahead of its first batch, emitting Loading and then Loaded; UserError when it cannot be."""
        ...

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        """Makes the batch, emitting Loading/Loaded if it must load, Stepped, Preview, Measured, and for each task that
        is not cancelled exactly one of Decoded or TaskFailed. Returns early when every task is cancelled. Never raises
        for a fault that belongs to the batch; what it does raise means that the worker is broken."""
        ...

    def free(self, models: Sequence[str], emit: Emit) -> None:
        """Drops those of the models that are warm, and emits Measured; with none it only measures."""
        ...

    def close(self) -> None:
        """Frees the device."""
        ...


class Imports(Protocol):
    """Folders whose pictures are brought in, in the background; safe to call from several threads."""

    def begin(self, folder: Path, visitor: str | None, *, copies: bool) -> FolderImport:
        """Begins to import a folder for a visitor, or goes on with it, linked or copied; for whoever is the owner,
        where that is None. UserError when it cannot be."""
        ...

    def of(self, visitor: str) -> tuple[FolderImport, ...]:
        """The visitor's imports since the program began."""
        ...

    def cancel(self, number: int, visitor: str) -> bool:
        """Stops an import; what came in stays. False when it is not the visitor's."""
        ...

    def claim(self, visitor: str) -> None:
        """Gives what the command line brought in to the owner, who has opened the page."""
        ...


class Store(Protocol):
    """Jobs and pictures on disk; safe to call from several threads."""

    @property
    def imports(self) -> Imports:
        """The folders whose pictures are brought in."""
        ...

    def add_job(self, job: JobRecord) -> None:
        """Stores a queued job, durably, before it is announced."""
        ...

    def end_jobs(self, ends: Sequence[JobEnd]) -> None:
        """Stores how jobs ended, all of them or none."""
        ...

    def reopen_job(self, job: str) -> JobRecord | None:
        """Makes an ended job queued again, durably, and forgets its faults; the job as it was.

        None, and nothing changes, when none of its pictures can still be made.
        """
        ...

    def unfinished_jobs(self) -> tuple[JobRecord, ...]:
        """Jobs still queued, oldest first; pictures whose files were safe before a crash count as stored."""
        ...

    def save_picture(self, task: str, pixels: Pixels, notes: dict[str, str]) -> PictureRecord:
        """Writes the picture of a known task (file, thumbnail, row) and returns once nothing can lose it.

        NotYetSaved when trying again later may succeed: the disk is full, the folder is gone, the database locked.
        NotYetListed when its file is safe by then: later it takes the task alone, whatever the pixels are. UserError
        when the folder cannot be written.
        """
        ...

    def encode_picture(self, task: Task, pixels: Pixels, notes: dict[str, str]) -> bytes:
        """The PNG that `save_picture` would write, or has written, though it is not listed yet."""
        ...

    def picture(self, picture: str, visitor: str) -> PictureRecord | None:
        """The picture, if it exists, is not deleted and belongs to the visitor."""
        ...

    def picture_file(self, picture: str, visitor: str) -> Path | None:
        """The original file."""
        ...

    def binned_picture(self, picture: str, visitor: str) -> PictureRecord | None:
        """A picture of the visitor that lies in the bin."""
        ...

    def binned_file(self, picture: str, visitor: str) -> Path | None:
        """The original file of a picture in the bin."""
        ...

    def binned_thumb_file(self, picture: str, visitor: str) -> Path | None:
        """The thumbnail (JPEG) of a picture in the bin."""
        ...

    def thumb_file(self, picture: str, visitor: str) -> Path | None:
        """The thumbnail (JPEG)."""
        ...

    def bin(
        self,
        visitor: str,
        *,
        pictures: Sequence[str] = (),
        jobs: Sequence[str] = (),
        stopped: Sequence[str] = (),
    ) -> Binned | None:
        """Puts pictures and whole jobs of the visitor into the bin, also when the disk is full; `stopped` says which
        of the jobs are to go on when they come back. None, and nothing changes, when one is not the visitor's or none
        is to be seen."""
        ...

    def restore(
        self, visitor: str, *, undo: str | None = None, pictures: Sequence[str] = ()
    ) -> Restored | None:
        """Brings back what went into the bin at once, or these pictures; None, and nothing changes, when one is not
        the visitor's or none is in the bin."""
        ...

    def empty_bin(self, visitor: str, pictures: Sequence[str] | None = None) -> Emptied:
        """Removes file, thumbnail and row of all that is in the visitor's bin, or of these pictures of it, also when
        the disk is full."""
        ...

    def with_bins(self, visitors: Sequence[str]) -> tuple[str, ...]:
        """Those of these visitors who have something in their bin."""
        ...

    def claim(self, visitor: str) -> None:
        """Gives the owner, who comes as this visitor, the pictures of which nobody knows whose they are."""
        ...

    def sweep_bins(self) -> None:
        """The same for whatever was long enough in anybody's bin."""
        ...

    def knows(self, visitor: str) -> bool:
        """Whether the visitor ever dreamt."""
        ...

    def note_guests(self, visitors: Sequence[str], *, are_guests: bool = True) -> None:
        """Remembers, durably, that these visitors are guests, or are none any more."""
        ...

    def guests(self) -> frozenset[str]:
        """The visitors who are guests, of those who have something in the list."""
        ...

    def bytes_of(self, visitor: str, *, kept: bool = False) -> int:
        """The bytes that the visitor's pictures take, also those in the bin, or only those that are `kept`."""
        ...

    def adopt(self, visitor: str, into: str) -> int:
        """Makes all that is one visitor's another's: dreams, pictures, links, bin, imports; how many pictures."""
        ...

    def makers(self) -> tuple[str, ...]:
        """The visitors of whom there is a picture to be seen."""
        ...

    def made(self, visitors: Sequence[str]) -> tuple[Maker, ...]:
        """How much there is to be seen of each of these visitors of whom there is anything; who made last is first."""
        ...

    def bytes_of_all(self, visitors: Sequence[str], *, kept: bool = False) -> int:
        """The bytes that the pictures of all these visitors take together, or only those that are `kept`."""
        ...

    def oldest_unkept(
        self, visitors: Sequence[str], bytes: int, *, sparing: Sequence[str] = ()
    ) -> Mapping[str, tuple[str, ...]]:
        """The oldest pictures of these visitors together that are not kept, nor of the dreams `sparing`, as many as
        take so many bytes together; by visitor."""
        ...

    def judge(self, pictures: Sequence[str], judgement: Judgement) -> tuple[Judged, ...]:
        """Does with anybody's pictures what the owner of the machine decided, as far as that can be done with them,
        also when the disk is full; with which, by dream."""
        ...

    def hiding(self, picture: str, visitor: str) -> Hiding:
        """What the owner of the machine did with a picture of the visitor."""
        ...

    def count_hidden(self, visitor: str) -> int:
        """How many of the visitor's pictures the owner of the machine hides, or has deleted."""
        ...

    def anybodys(self, picture: str) -> PictureRecord | None:
        """A picture for the owner of the machine, whosever it is, also one that they hide."""
        ...

    def anybodys_file(self, picture: str) -> Path | None:
        """Its original file."""
        ...

    def anybodys_thumb(self, picture: str) -> Path | None:
        """Its thumbnail (JPEG)."""
        ...

    def pictures_of_all(
        self,
        visitors: Sequence[str],
        *,
        before: str | None = None,
        limit: int = 48,
        hidden: bool = False,
    ) -> tuple[PictureRecord, ...]:
        """So many pictures of these visitors for the owner of the machine, newest first, also hidden ones, with
        `hidden` those of everybody else, too; only those before one of them."""
        ...

    def add_report(self, picture: str, place: str, reason: str = "") -> bool:
        """Counts a report of a picture that was seen at a place; False where too much else is reported already."""
        ...

    def reports(self) -> tuple[Report, ...]:
        """What is reported and to be seen, last reported first."""
        ...

    def is_reported(self, picture: str) -> bool:
        """Whether somebody reported a picture, and nobody dismissed that."""
        ...

    def dismiss_report(self, picture: str) -> bool:
        """Forgets what was reported of a picture; False where nothing was."""
        ...

    def mark_picture(self, picture: str, visitor: str, mark: Mark) -> bool:
        """Stores what its owner thinks of a picture; False when it is not there or not the visitor's."""
        ...

    def kept(self, visitor: str, *, limit: int = 200) -> tuple[PictureRecord, ...]:
        """The visitor's pictures that were kept last, in the order in which they were kept."""
        ...

    def pictures(
        self,
        visitor: str,
        query: PictureQuery,
        *,
        before: str | None = None,
        limit: int = 48,
    ) -> tuple[PictureRecord, ...]:
        """A page of the visitor's pictures that the query wants, in its order, from behind the picture `before`."""
        ...

    def part_of_pictures(
        self, visitor: str, query: PictureQuery, *, offset: int, limit: int
    ) -> tuple[PictureRecord | None, ...]:
        """So many of the visitor's pictures that the query wants, from a place in its order on; None where one cannot
        be read."""
        ...

    def picture_ids(self, visitor: str, query: PictureQuery, *, limit: int) -> tuple[str, ...]:
        """The ids of the visitor's first pictures that the query wants, in its order."""
        ...

    def count_days(self, visitor: str, query: PictureQuery, zone: tzinfo) -> dict[date, int]:
        """How many of the visitor's pictures the query wants, by the day in this zone."""
        ...

    def facets(self, visitor: str) -> Facets:
        """What there is to choose the visitor's pictures by."""
        ...

    def revision(self, visitor: str) -> str:
        """Another one after each change of what the visitor has, and after nothing that others do."""
        ...

    def mark_pictures(
        self, pictures: Sequence[str], visitor: str, mark: Mark
    ) -> Mapping[str, Mark] | None:
        """Marks pictures; gives the former marks of those that had another one; None, and nothing changes, when one is
        not the visitor's."""
        ...

    def rate_pictures(
        self, pictures: Sequence[str], visitor: str, rating: int
    ) -> Mapping[str, int] | None:
        """Rates pictures from 1 to 5, or not with 0; gives the former ratings of those that had another one; None, and
        nothing changes, when one is not the visitor's."""
        ...

    def find_pictures(self, pictures: Sequence[str], visitor: str) -> dict[str, PictureRecord]:
        """By id those of the pictures that exist, are not deleted and belong to the visitor."""
        ...

    def are_there(self, pictures: Sequence[str], visitor: str) -> bool:
        """Whether each of these is a picture of the visitor that is not deleted."""
        ...

    def find_files(self, pictures: Sequence[str], visitor: str) -> dict[str, Path]:
        """By id the original files of those of the pictures that are the visitor's, and there."""
        ...

    def missing_files(self, pictures: Sequence[str], visitor: str) -> frozenset[str]:
        """Those of the pictures of which no file lies where it should; no file is read for it."""
        ...

    def job(self, job: str, visitor: str, *, binned: bool = False) -> JobRecord | None:
        """One job of the visitor; one in the bin only with `binned`."""
        ...

    def jobs(
        self,
        visitor: str,
        *,
        before: str | None = None,
        limit: int = 12,
        sheets: bool = False,
        pictures: int | None = None,
    ) -> tuple[JobRecord, ...]:
        """The visitor's jobs but those whose pictures are all deleted, newest first, older than `before` where given;
        with `sheets` only those whose pictures are laid out to be compared. With `pictures` none more once those
        found have as many together."""
        ...

    def gather(self, pictures: Sequence[str], visitor: str) -> JobRecord | None:
        """A wall of these stored pictures, which stay those of their dreams: the same one whenever the same are asked
        for. None, and nothing changes, when one is not there or not the visitor's."""
        ...

    def add_link(self, link: Link, *, most: int | None = None) -> bool:
        """Stores a link to pictures; False, and nothing changes, where its visitor has `most` that lead somewhere."""
        ...

    def link(self, link: str) -> Link | None:
        """A link, whoever made it and whether or not it has ended."""
        ...

    def links(self, visitor: str) -> tuple[Link, ...]:
        """The visitor's links that lead somewhere, the newest first."""
        ...

    def withdraw_link(self, link: str, visitor: str) -> bool:
        """Ends a link, also when the disk is full; False when it is not the visitor's."""
        ...

    def add_chooser(self, chooser: Chooser) -> None:
        """Stores somebody who chooses by a link, at a place that is free."""
        ...

    def change_chooser(self, chooser: Chooser) -> None:
        """Stores somebody's name and marks anew."""
        ...

    def choosers(self, link: str) -> tuple[Chooser, ...]:
        """All who choose by a link, by their places."""
        ...

    def remove_chooser(self, link: str, place: int) -> None:
        """Forgets somebody who chose by a link, also when the disk is full."""
        ...

    def models_used(self) -> dict[str, ModelUse]:
        """By id the models that there are pictures of, whosever they are."""
        ...

    def close(self) -> None:
        """Closes the database and gives the output folder free."""
        ...
