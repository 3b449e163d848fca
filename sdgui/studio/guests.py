"""Whose dreams are a guest's: kept with their pictures, which stay where their maker is remembered by nothing else."""

import threading
from collections.abc import Callable, Sequence

from sdgui.people import Role, Who
from sdgui.ports import Store


class Guests:
    """Everybody who ever asked for a dream as a guest; safe to call from any thread. `is_owner` tells who came back as
    the owner since."""

    def __init__(
        self, store: Store, is_owner: Callable[[str], bool] = lambda visitor: False
    ) -> None:
        self._store = store
        self._is_owner = is_owner
        self._lock = threading.Lock()
        self._known = set(store.guests())

    def __contains__(self, visitor: str) -> bool:
        """Whether somebody is one."""
        return visitor in self._known and not self._is_owner(visitor)

    def was(self, visitor: str) -> bool:
        """Whether somebody is one, or was when they dreamt last."""
        return visitor in self._known

    def all(self) -> frozenset[str]:
        """The visitors who are."""
        with self._lock:
            return frozenset(one for one in self._known if not self._is_owner(one))

    def note(self, who: Who) -> None:
        """Somebody asks for a dream: what they are by now is kept, before any of it is made. OutOfOrder where it
        cannot be."""
        is_guest = who.role is Role.GUEST
        if (who.visitor in self._known) is not is_guest:
            self._keep((who.visitor,), are_guests=is_guest)

    def recall(self, visitors: Sequence[str]) -> None:
        """These are, as was known before it was kept here; OutOfOrder where it cannot be, and then they are, too."""
        if new := [one for one in visitors if one not in self._known]:
            with self._lock:
                self._known.update(new)
            self._keep(new, are_guests=True)

    def _keep(self, visitors: Sequence[str], *, are_guests: bool) -> None:
        self._store.note_guests(visitors, are_guests=are_guests)
        with self._lock:
            if are_guests:
                self._known.update(visitors)
            else:
                self._known.difference_update(visitors)
