"""Models on their way from the hub: each in a thread of its own, remembered so that it goes on after a restart."""

import functools
import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sdgui.engine.hub import Hub, Repository, is_hub_id
from sdgui.engine.library.fetching import (
    Stopped,
    discard,
    fetch_large,
    fetched_bytes,
    missing,
    remove,
)
from sdgui.engine.library.owners_file import OwnersFile
from sdgui.engine.library.speed import Speed
from sdgui.errors import UserError
from sdgui.library import Download, DownloadState

log = logging.getLogger(__name__)

OUR_FAULT = UserError(
    "Something unexpected went wrong with this download.",
    "Go on with it; if it stays so, the log on the server's terminal says more.",
)
_AT_REST = (DownloadState.PAUSED, DownloadState.FAILED)
_GRACE = 5.0
"""Seconds that a download may still take to hear that the program ends."""
SPARE = 2**28
"""Bytes that stay free on the disk: pictures must find room, too."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be fetched: the files of one commit; `mine` are those that were not here when it began."""

    repository: Repository
    title: str
    family_title: str
    names: tuple[str, ...]
    mine: tuple[str, ...]

    def to_dict(self, *, paused: bool) -> dict[str, Any]:
        """Plain values that `from_dict` reads."""
        repository = self.repository
        return {
            "commit": repository.commit,
            "licence": repository.licence,
            "title": self.title,
            "family_title": self.family_title,
            "files": {
                name: [repository.sizes[name], repository.hashes.get(name)] for name in self.names
            },
            "mine": list(self.mine),
            "paused": paused,
        }

    @staticmethod
    def from_dict(model: str, told: dict[str, Any]) -> "Order":
        """What `to_dict` wrote; KeyError, TypeError or ValueError where somebody else did."""
        if not is_hub_id(model) or not isinstance(told["files"], dict):
            raise ValueError("not what was written")
        files = {str(name): (int(size), known) for name, (size, known) in told["files"].items()}
        return Order(
            repository=Repository(
                name=model,
                commit=str(told["commit"]),
                sizes={name: size for name, (size, _) in files.items()},
                hashes={name: str(known) for name, (_, known) in files.items() if known},
                licence=told.get("licence"),
            ),
            title=str(told["title"]),
            family_title=str(told["family_title"]),
            names=tuple(files),
            mine=tuple(str(name) for name in told.get("mine", ())),
        )

    @property
    def total(self) -> int:
        """Bytes of all files."""
        return sum(self.repository.sizes[name] for name in self.names)


class Downloads:
    """All that is on its way; `arrived` is told of each order that is done."""

    def __init__(
        self,
        hub: Hub,
        kept: OwnersFile,
        arrived: Callable[[Order], None],
        clock: Callable[[], float],
    ) -> None:
        self._hub = hub
        self._kept = kept
        self._arrived = arrived
        self._clock = clock
        self._lock = threading.RLock()
        self._running: dict[str, _Running] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._closing = False

    def start(self) -> None:
        """Takes up what was on its way when the program ended."""
        for model, told in self._kept.get("downloads").items():
            try:
                order = Order.from_dict(model, told)
            except (KeyError, TypeError, ValueError):
                log.warning("a download of %s could not be read, and is forgotten", model)
                self._forget(model)
                continue
            running = self._running[model] = _Running(self._hub, order, Speed(self._clock))
            if told.get("paused"):
                running.state = DownloadState.PAUSED
            else:
                self._run(running)

    def close(self) -> None:
        """Breaks off what is under way; it goes on with the next start."""
        with self._lock:
            self._closing = True
            for running in self._running.values():
                running.stop.set()
            threads = list(self._threads.values())
        for thread in threads:
            thread.join(_GRACE)

    def told(self) -> tuple[Download, ...]:
        """How each stands, in the order in which they were asked for."""
        with self._lock:
            return tuple(one.told for one in self._running.values())

    def begin(self, order: Order) -> None:
        """Begins, or goes on where it is known; UserError where the disk has no room for it."""
        model = order.repository.name
        with self._lock:
            running = self._running.get(model)
            if running is None or running.state in _AT_REST:
                self._check_room(order)
                running = self._running[model] = _Running(self._hub, order, Speed(self._clock))
                self._keep(running.order, paused=False)
                self._run(running)

    def resume(self, model: str) -> bool:
        """Goes on with one that is held or has failed; False where there is none."""
        with self._lock:
            running = self._running.get(model)
            if running is None:
                return False
            self.begin(running.order)
            return True

    def pause(self, model: str) -> None:
        """Holds one; what is here stays."""
        with self._lock:
            running = self._running.get(model)
            if running is not None:
                self._keep(running.order, paused=True)
                running.stop.set()
                running.state, running.fault = DownloadState.PAUSED, None

    def cancel(self, model: str) -> None:
        """Gives one up, and removes what it fetched, at the latest once the hub has said its next word."""
        with self._lock:
            running = self._running.get(model)
            if running is None:
                return
            running.stop.set()
            running.is_wanted, running.state = False, DownloadState.PAUSED
            if not running.is_under_way:
                running.discard()  # first: on a full disk this makes the room to remember it
            self._forget(model)
            del self._running[model]

    def wait(self, model: str) -> None:
        """Returns once nothing is under way of one, or at once."""
        thread = self._threads.get(model)
        if thread is not None:
            thread.join()

    def _run(self, running: "_Running") -> None:
        running.state, running.is_under_way = DownloadState.RUNNING, True
        model = running.order.repository.name
        thread = threading.Thread(
            target=self._live,
            args=(running, self._threads.get(model)),
            name="sdgui-download",
            daemon=True,
        )
        self._threads[model] = thread
        thread.start()

    def _live(self, running: "_Running", before: threading.Thread | None) -> None:
        """The life of a download, after that of the same model which was held before."""
        if before is not None:
            before.join()
        fault = self._fetch(running)
        with self._lock:
            running.is_under_way = False
            if not running.is_wanted:
                running.discard()
            elif running.stop.is_set() or self._closing:
                return
            elif fault is not None:
                running.state, running.fault = DownloadState.FAILED, fault
            else:
                del self._running[running.order.repository.name]

    def _fetch(self, running: "_Running") -> UserError | None:
        """Fetches all and says that it arrived; what went wrong."""
        try:
            running.fetch()
            with self._lock:
                if not running.stop.is_set():
                    self._arrived(running.order)
                    self._forget(running.order.repository.name)
        except Stopped:
            return None
        except UserError as fault:
            return fault
        except Exception:
            log.exception("a download failed")
            return OUR_FAULT
        return None

    def _check_room(self, order: Order) -> None:
        folder = self._hub.folder(order.repository.name)
        there = next(path for path in (folder, *folder.parents) if path.exists())
        left = order.total - fetched_bytes(self._hub, order.repository, order.names)
        free = shutil.disk_usage(there).free
        if left + SPARE > free:
            raise UserError(
                f"“{order.title}” needs {left / 1e9:,.1f} GB more, and the disk has {free / 1e9:,.1f} GB free.",
                f"Free some space where models are kept: {there}",
            )

    def _keep(self, order: Order, *, paused: bool) -> None:
        self._kept.put("downloads", order.repository.name, order.to_dict(paused=paused))

    def _forget(self, model: str) -> None:
        self._kept.drop("downloads", model)


class _Running:
    """One order under way, or held."""

    def __init__(self, hub: Hub, order: Order, speed: Speed) -> None:
        self.order = order
        self.stop = threading.Event()
        self.state = DownloadState.RUNNING
        self.fault: UserError | None = None
        self.is_under_way = False
        self.is_wanted = True
        self._hub = hub
        self._speed = speed
        self._done = fetched_bytes(hub, order.repository, order.names)

    def discard(self) -> None:
        """Removes what it fetched."""
        discard(self._hub, self.order.repository)
        remove(self._hub, self.order.repository, self.order.mine)

    def fetch(self) -> None:
        """Fetches all files, the large ones first; Stopped or UserError."""
        repository, names = self.order.repository, self.order.names
        for name in missing(self._hub, repository, names):
            if name not in repository.hashes:
                continue
            others = tuple(one for one in names if one != name)
            saw = functools.partial(self._saw, fetched_bytes(self._hub, repository, others))
            fetch_large(self._hub, repository, name, saw, self.stop)
        self.state = DownloadState.CHECKING
        for name in names:
            if self.stop.is_set():
                raise Stopped
            self._hub.fetch(repository, [name])

    def _saw(self, others: int, of_this: int) -> None:
        self._done = others + of_this
        self._speed.saw(self._done)

    @property
    def told(self) -> Download:
        order, speed = self.order, self._speed.bytes_a_second
        is_running = self.state is DownloadState.RUNNING
        fault = self.fault
        return Download(
            model=order.repository.name,
            title=order.title,
            family_title=order.family_title,
            licence=order.repository.licence,
            state=self.state,
            done=min(self._done, order.total),
            total=order.total,
            speed=speed if is_running else None,
            seconds_left=None
            if speed is None or not is_running
            else max(0.0, (order.total - self._done) / speed),
            message="" if fault is None else fault.message,
            hint="" if fault is None else fault.hint,
        )
