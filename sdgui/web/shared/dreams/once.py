"""What is asked for twice under one key is begun once: a page that heard no answer sends it again."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from sdgui.people import Who
from sdgui.web.shared.dreams.outcome import Told

_MOST = 500
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


class Once:
    """The answers to the latest keys, each of one visitor; kept as long as the program runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: OrderedDict[tuple[str, str], tuple[threading.Lock, list[Told]]] = OrderedDict()

    def __call__(self, who: Who, asked: Mapping[str, Any], act: Callable[[], Told]) -> Told:
        """What `act` answers, or what it answered to the same key; an answer that began nothing is not kept."""
        key = asked.get("key")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            return act()
        with self._lock:
            turn, told = self._turns.setdefault((who.visitor, key), (threading.Lock(), []))
            while len(self._turns) > _MOST:
                self._turns.popitem(last=False)
        with turn:
            if not told:
                answer = act()
                if "job" not in answer:
                    return answer
                told.append(answer)
            return told[0]
