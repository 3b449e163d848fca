"""The queue of pictures: forms batches of what fits together, turns going round among visitors."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator

from sdgui.events import Batch, Task
from sdgui.spec import PictureSpec, batch_key

BatchLimit = Callable[[PictureSpec], int]
"""How many pictures like this one fit into one batch; at least 1."""


class PictureQueue:
    """Tasks waiting, by visitor; not thread-safe: its owner holds a lock."""

    def __init__(self, batch_limit: BatchLimit) -> None:
        self._batch_limit = batch_limit
        self._waiting: OrderedDict[str, deque[Task]] = OrderedDict()

    def __len__(self) -> int:
        return sum(len(tasks) for tasks in self._waiting.values())

    def count(self, visitor: str) -> int:
        """Pictures of one visitor that wait."""
        return len(self._waiting.get(visitor, ()))

    def put(self, visitor: str, tasks: tuple[Task, ...], *, first: bool = False) -> None:
        """Adds tasks behind the visitor's others, or before them."""
        own = self._waiting.setdefault(visitor, deque())
        if first:
            own.extendleft(reversed(tasks))
        else:
            own.extend(tasks)

    def remove(self, tasks: frozenset[str]) -> tuple[str, ...]:
        """Takes out those of the tasks that wait; their ids."""
        removed: list[str] = []
        for visitor in list(self._waiting):
            own = self._waiting[visitor]
            removed += [task.id for task in own if task.id in tasks]
            kept = deque(task for task in own if task.id not in tasks)
            self._keep(self._waiting, visitor, kept)
        return tuple(removed)

    def take(self) -> Batch | None:
        """The next batch, or None when nothing waits.

        The visitor whose turn it is decides what kind of batch it is; places that they leave free
        go to equal pictures of others, one each in turn. Then the turn passes on.
        """
        return self._take(self._waiting)

    def batches(self) -> Iterator[Batch]:
        """The batches as they would be taken if nothing more came."""
        waiting = OrderedDict((visitor, deque(tasks)) for visitor, tasks in self._waiting.items())
        while (batch := self._take(waiting)) is not None:
            yield batch

    def _take(self, waiting: OrderedDict[str, deque[Task]]) -> Batch | None:
        if not waiting:
            return None
        visitor = next(iter(waiting))
        key = batch_key(waiting[visitor][0].spec)
        room = max(1, self._batch_limit(waiting[visitor][0].spec))
        taken: list[Task] = []
        own: deque[Task] = deque()
        for task in waiting[visitor]:
            if len(taken) < room and batch_key(task.spec) == key:
                taken.append(task)
            else:
                own.append(task)
        self._keep(waiting, visitor, own)
        if visitor in waiting:
            waiting.move_to_end(visitor)
        guests = [other for other in waiting if other != visitor]
        while len(taken) < room and guests:
            for other in list(guests):
                match = next((t for t in waiting[other] if batch_key(t.spec) == key), None)
                if match is None or len(taken) >= room:
                    guests.remove(other)
                    continue
                taken.append(match)
                waiting[other].remove(match)
        for other in list(waiting):
            self._keep(waiting, other, waiting[other])
        return Batch(tasks=tuple(taken))

    @staticmethod
    def _keep(waiting: OrderedDict[str, deque[Task]], visitor: str, tasks: deque[Task]) -> None:
        if tasks:
            waiting[visitor] = tasks
        else:
            waiting.pop(visitor, None)
