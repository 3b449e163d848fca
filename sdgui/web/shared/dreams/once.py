"""What is asked for twice under one key is begun once: a page that heard no answer sends it again."""

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from sdgui.people import Who
from sdgui.ports import Store
from sdgui.records import JobRecord
from sdgui.sheet import SheetKind
from sdgui.web.shared.dreams.outcome import Told
from sdgui.web.shared.settings.controls import values_in

_MOST = 500
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")

Act = Callable[[str | None], Told]
"""Begins something, as the job with this id where one is given."""


class Once:
    """The answers to the latest keys, each of one visitor. The job is called by its key, so that it is found again in
    `store` also when the program ended before anybody heard the answer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._turns: OrderedDict[tuple[str, str], tuple[threading.Lock, list[Told]]] = OrderedDict()

    def __call__(self, who: Who, asked: Mapping[str, Any], act: Act) -> Told:
        """What `act` answers, or what it answered to the same key; an answer that began nothing is not kept."""
        key = asked.get("key")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            return act(None)
        with self._lock:
            turn, told = self._turns.setdefault((who.visitor, key), (threading.Lock(), []))
            while len(self._turns) > _MOST:
                self._turns.popitem(last=False)
        with turn:
            if not told:
                job = job_of(who.visitor, key)
                begun = self._store.job(job, who.visitor, binned=True)
                answer = act(job) if begun is None else _told_of(begun, asked)
                if "job" not in answer:
                    return answer
                told.append(answer)
            return told[0]

    def adopt(self, visitor: str, into: str) -> None:
        """What was one visitor's is another's: what their pages send again, too."""
        with self._lock:
            for theirs, key in [one for one in self._turns if one[0] == visitor]:
                turn = self._turns.pop((theirs, key))
                self._turns.setdefault((into, key), turn)


def job_of(visitor: str, key: str) -> str:
    """The id of what a visitor begins under a key."""
    return hashlib.sha256(f"{visitor}\0{key}".encode()).hexdigest()[:32]


def _told_of(begun: JobRecord, asked: Mapping[str, Any]) -> Told:
    """What was begun, and the seed to show then: a locked one stays, another one is used up."""
    if begun.sheet is not None and begun.sheet.kind is SheetKind.VARIATIONS:
        return {"job": begun.id}
    seed = str(begun.tasks[0].spec.seed) if values_in(asked).get("lock") else ""
    return {"job": begun.id, "values": {"seed": seed}}
