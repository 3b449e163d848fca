"""The queue of pictures: forms batches of what fits together and suits a worker, turns going round among visitors."""

import heapq
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from operator import itemgetter

from sdgui.batches import batch_key, work_order
from sdgui.events import Batch, Task
from sdgui.spec import PictureSpec
from sdgui.studio.fits import Fits
from sdgui.workers import WorkerInfo

BatchLimit = Callable[[PictureSpec], int]
"""How many pictures like this one fit into one batch; at least 1."""
MOST_PASSED = 3
"""Batches for which a visitor's turn may be passed over in favour of what a worker has warm."""
_ANY = WorkerInfo()


def in_working_order(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """The tasks as `work_order` puts their specs: with few changes of model."""
    return tuple(tasks[i] for i in work_order([task.spec for task in tasks]))


def batches_of(specs: Sequence[PictureSpec], batch_limit: BatchLimit) -> tuple[Batch, ...]:
    """The batches that the pictures of one visitor make in their working order; tasks are called by index."""
    queue = PictureQueue(batch_limit)
    queue.put("", in_working_order([Task(id=str(i), spec=spec) for i, spec in enumerate(specs)]))
    return tuple(queue.batches())


class PictureQueue:
    """Tasks waiting, by visitor; not thread-safe: its owner holds a lock."""

    def __init__(self, batch_limit: BatchLimit, fits: Fits | None = None) -> None:
        self._batch_limit = batch_limit
        self._fits = Fits() if fits is None else fits
        self._passed: Counter[str] = Counter()
        self._waiting: OrderedDict[str, _Line] = OrderedDict()
        self._last = ""
        """Whose turn it was; it is over with the next, so that who comes meanwhile is before them."""
        self._before: set[str] = set()
        """Who goes before all others while they have anything waiting; among them, too, turns go round."""

    def __len__(self) -> int:
        return sum(len(line) for line in self._waiting.values())

    def visitors(self) -> tuple[str, ...]:
        """Those of whom pictures wait."""
        return tuple(self._waiting)

    def count(self, visitor: str) -> int:
        """Pictures of one visitor that wait."""
        return len(self._waiting.get(visitor, ()))

    def put(
        self,
        visitor: str,
        tasks: Sequence[Task],
        *,
        first: bool = False,
        alone: bool = False,
        before_others: bool = False,
    ) -> None:
        """Adds tasks behind the visitor's others, or before them; each goes into a batch of its own where `alone`.

        `before_others`: until nothing of the visitor waits, no turn is another's.
        """
        if tasks:
            if before_others:
                self._before.add(visitor)
            elif visitor not in self._waiting and not first:
                self._before.discard(visitor)
            self._waiting.setdefault(visitor, _Line()).put(tasks, first=first, alone=alone)

    def hand_over(self, visitor: str, into: str) -> None:
        """Makes what waits of one visitor another's, behind all of theirs; of both turns they have the earlier."""
        if visitor in self._waiting:
            joined = self._waiting.get(into, _Line())
            joined.join(self._waiting[visitor])
            waiting = OrderedDict[str, _Line]()
            for one, line in self._waiting.items():
                name = into if one == visitor else one
                waiting.setdefault(name, joined if name == into else line)
            self._waiting = waiting
            self._passed.pop(visitor, None)
        if visitor in self._before:
            self._before.remove(visitor)
            self._before.add(into)
        if self._last == visitor:
            self._last = into

    def remove(self, tasks: frozenset[str]) -> tuple[str, ...]:
        """Takes out those of the tasks that wait; their ids."""
        removed: list[str] = []
        for visitor, line in list(self._waiting.items()):
            removed += line.remove(tasks)
            if not line:
                del self._waiting[visitor]
                self._passed.pop(visitor, None)
        return tuple(removed)

    def take(self, worker: WorkerInfo = _ANY) -> Batch | None:
        """The next batch for a worker, or None when nothing waits.

        The visitor whose turn it is decides what kind of batch it is. Others who want no more equal pictures than a
        fair share of it get them with it, places that are still free go to the rest, one each in turn. Then the turn
        passes on. Where the worker would have to
        load a model for it, what it has warm is taken first, but the turn is passed over a few times only.
        """
        if self._last in self._waiting:
            self._waiting.move_to_end(self._last)
        turn = self._turn_for(worker)
        batch, self._last = self._take(self._waiting, self._last, worker=worker, turn=turn)
        return batch

    def next_model(self) -> str | None:
        """The id of the model of the batch whose turn it is; None when nothing waits."""
        order = [one for one in self._waiting if one in self._before] or list(self._waiting)
        for visitor in order:
            if visitor != self._last or len(order) == 1:
                return self._waiting[visitor].next()[1].spec.model.id
        return None

    def _entitled(self, waiting: "OrderedDict[str, _Line]") -> str:
        """Whose turn it is, of those who wait."""
        if self._before:
            privileged = next((one for one in waiting if one in self._before), None)
            if privileged is not None:
                return privileged
        return next(iter(waiting))

    def _turn_for(self, worker: WorkerInfo) -> tuple[str, Hashable] | None:
        """Whose pictures of which kind are taken before their turn because the worker has their model warm."""
        if not worker.warm or not self._waiting:
            return None
        entitled = self._entitled(self._waiting)
        line = self._waiting[entitled]
        if entitled in self._before:
            return None
        if line.next()[1].spec.model.id in worker.warm or self._passed[entitled] >= MOST_PASSED:
            self._passed.pop(entitled, None)
            return None
        for visitor, other in self._waiting.items():
            key = other.warm_in(worker.warm)
            if key is not None:
                self._passed[entitled] += 1
                return visitor, key
        self._passed.pop(entitled, None)
        return None

    def batches(self) -> Iterator[Batch]:
        """The batches as they would be taken if nothing more came."""
        waiting = OrderedDict((visitor, line.copy()) for visitor, line in self._waiting.items())
        last = self._last
        while waiting:
            batch, last = self._take(waiting, last)
            if batch is not None:
                yield batch

    def _take(
        self,
        waiting: "OrderedDict[str, _Line]",
        last: str,
        *,
        worker: WorkerInfo = _ANY,
        turn: tuple[str, Hashable] | None = None,
    ) -> tuple[Batch | None, str]:
        """The next batch after the turn of `last`, or that of `turn`, and whose turn it is."""
        if not waiting:
            return None, last
        if last in waiting:
            waiting.move_to_end(last)
        visitor = self._entitled(waiting) if turn is None else turn[0]
        line = waiting[visitor]
        key, first = line.next() if turn is None else (turn[1], line.first_of(turn[1]))
        room = max(1, self._fits.limit(worker.device, first.spec, self._batch_limit(first.spec)))
        guests = [other for other in waiting.values() if other is not line and other.count(key)]
        small = [] if visitor in self._before else _small(guests, key, room)
        taken = line.take(key, room - sum(guest.count(key) for guest in small))
        for guest in small:
            taken += guest.take(key, room)
        while len(taken) < room and guests:
            for guest in list(guests):
                one = guest.take(key, 1) if len(taken) < room else []
                taken += one
                if not one:
                    guests.remove(guest)
        for name in [name for name, line in waiting.items() if not line]:
            del waiting[name]
        return Batch(tasks=tuple(taken)), visitor


def _small(guests: Sequence["_Line"], key: Hashable, room: int) -> "list[_Line]":
    """Those who want no more of a batch than their fair share, so that nobody with one picture waits for all of
    somebody's many; whose turn it is has a share, too."""
    share = max(1, room // (1 + len(guests)))
    left = room - share
    small = []
    for guest in guests:
        count = guest.count(key)
        if count <= min(share, left):
            left -= count
            small.append(guest)
    return small


class _Line:
    """The tasks of one visitor by `batch_key`, each with its place in the line (the lowest is first)."""

    def __init__(self) -> None:
        self._groups: dict[Hashable, deque[tuple[int, Task]]] = {}
        self._heads: list[tuple[int, Hashable]] = []  # a heap; also of some that are gone
        self._front = 0
        self._back = 0
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def copy(self) -> "_Line":
        other = _Line()
        other._groups = {key: deque(group) for key, group in self._groups.items()}
        other._heads = self._heads.copy()
        other._front, other._back, other._size = self._front, self._back, self._size
        return other

    def put(self, tasks: Sequence[Task], *, first: bool, alone: bool) -> None:
        for task in reversed(tasks) if first else tasks:
            key: Hashable = task.id if alone else batch_key(task.spec)
            group = self._groups.get(key, deque())
            if first:
                self._front -= 1
                group.appendleft((self._front, task))
            else:
                group.append((self._back, task))
                self._back += 1
            if first or len(group) == 1:
                self._keep(key, group)
        self._size += len(tasks)

    def join(self, other: "_Line") -> None:
        """Puts all of another line behind what is here, in its order."""
        placed = [
            (place, key, task) for key, group in other._groups.items() for place, task in group
        ]
        for _, key, task in sorted(placed, key=itemgetter(0)):
            self.put((task,), first=False, alone=key == task.id)

    def remove(self, tasks: frozenset[str]) -> list[str]:
        removed: list[str] = []
        for key, group in list(self._groups.items()):
            out = [task.id for _, task in group if task.id in tasks]
            if out:
                removed += out
                self._keep(key, deque(item for item in group if item[1].id not in tasks))
        self._size -= len(removed)
        return removed

    def count(self, key: Hashable) -> int:
        """How many of a kind wait."""
        return len(self._groups.get(key, ()))

    def next(self) -> tuple[Hashable, Task]:
        """The kind and the task that have waited longest."""
        while True:
            place, key = self._heads[0]
            group = self._groups.get(key)
            if group is not None and group[0][0] == place:
                return key, group[0][1]
            heapq.heappop(self._heads)

    def first_of(self, key: Hashable) -> Task:
        """The task of a kind that has waited longest."""
        return self._groups[key][0][1]

    def warm_in(self, models: Sequence[str]) -> Hashable | None:
        """The kind that has waited longest among those of these models; None where there is none."""
        found = [
            (group[0][0], key)
            for key, group in self._groups.items()
            if group[0][1].spec.model.id in models
        ]
        return min(found, key=itemgetter(0))[1] if found else None

    def take(self, key: Hashable, most: int) -> list[Task]:
        group = self._groups.get(key)
        if group is None:
            return []
        taken = [group.popleft()[1] for _ in range(min(most, len(group)))]
        self._keep(key, group)
        self._size -= len(taken)
        return taken

    def _keep(self, key: Hashable, group: deque[tuple[int, Task]]) -> None:
        """Keeps what a group is now, and the place of its first."""
        if group:
            self._groups[key] = group
            heapq.heappush(self._heads, (group[0][0], key))
        else:
            del self._groups[key]
