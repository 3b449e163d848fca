"""Forming batches."""

import dataclasses
import itertools
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from sdgui.events import Batch, Fitted, Task
from sdgui.model_info import ModelRef
from sdgui.studio.fits import Fits
from sdgui.studio.queue import MOST_PASSED, PictureQueue, batches_of, in_working_order
from sdgui.workers import WorkerInfo
from tests import samples

SPEC = dataclasses.replace(samples.SPEC, width=64, height=64, steps=4, seed=0)


def tasks(name: str, count: int, **changed: object) -> tuple[Task, ...]:
    return tuple(
        Task(id=f"{name}{i}", spec=dataclasses.replace(SPEC, seed=i, **changed))
        for i in range(count)
    )


def one_of(name: str) -> Task:
    return dataclasses.replace(tasks(name, 1)[0], id=name)


def ids(batch: Batch | None) -> list[str]:
    return [] if batch is None else [task.id for task in batch.tasks]


def test_an_empty_queue_has_no_batch() -> None:
    assert PictureQueue(lambda spec: 4).take() is None


def test_equal_pictures_go_together_up_to_the_limit() -> None:
    queue = PictureQueue(lambda spec: 4)
    queue.put("ann", tasks("a", 6))
    assert ids(queue.take()) == ["a0", "a1", "a2", "a3"]
    assert ids(queue.take()) == ["a4", "a5"]


def test_other_sizes_wait_for_a_batch_of_their_own() -> None:
    queue = PictureQueue(lambda spec: 8)
    queue.put("ann", tasks("a", 2))
    queue.put("ann", tasks("w", 1, width=128))
    queue.put("ann", tasks("b", 1))
    assert ids(queue.take()) == ["a0", "a1", "b0"]
    assert ids(queue.take()) == ["w0"]


def test_turns_go_round_among_visitors() -> None:
    queue = PictureQueue(lambda spec: 2)
    queue.put("ann", tasks("a", 4))
    queue.put("bob", tasks("b", 2, steps=5))
    assert [ids(queue.take()) for _ in range(3)] == [["a0", "a1"], ["b0", "b1"], ["a2", "a3"]]


def test_who_comes_during_a_turn_is_next() -> None:
    queue = PictureQueue(lambda spec: 2)
    queue.put("ann", tasks("a", 6))
    assert ids(queue.take()) == ["a0", "a1"]
    queue.put("bob", tasks("b", 4, width=192))
    told = [ids(batch)[0] for batch in queue.batches()]
    assert [ids(queue.take())[0] for _ in range(4)] == told == ["b0", "a2", "b2", "a4"]


def test_places_left_free_go_to_equal_pictures_of_others_one_each() -> None:
    queue = PictureQueue(lambda spec: 4)
    queue.put("ann", tasks("a", 1))
    queue.put("bob", tasks("b", 5))
    queue.put("eve", tasks("e", 5))
    assert ids(queue.take()) == ["a0", "b0", "e0", "b1"]


def test_who_wants_one_picture_does_not_wait_for_all_of_somebody_s_many() -> None:
    queue = PictureQueue(lambda spec: 16)
    queue.put("ann", tasks("a", 16))
    queue.put("bob", tasks("b", 1))
    assert [sorted(ids(queue.take())) for _ in range(2)] == [
        sorted([f"a{i}" for i in range(15)] + ["b0"]),
        ["a15"],
    ]


def test_who_wants_as_much_as_whose_turn_it_is_waits_for_their_own() -> None:
    """Both would be later if each batch were halved, and neither sooner."""
    queue = PictureQueue(lambda spec: 4)
    queue.put("ann", tasks("a", 4))
    queue.put("bob", tasks("b", 4))
    assert [ids(queue.take())[0] for _ in range(2)] == ["a0", "b0"]


def test_a_crowd_who_want_one_each_leaves_something_to_whose_turn_it_is() -> None:
    queue = PictureQueue(lambda spec: 4)
    queue.put("ann", tasks("a", 3))
    for i in range(8):
        queue.put(f"p{i}", (one_of(f"p{i}"),))
    made = [ids(queue.take()) for _ in range(3)]
    assert made[0] == ["a0", "p0", "p1", "p2"]
    assert made[1] == ["p3", "p4", "p5", "p6"]
    assert sorted(made[2]) == ["a1", "a2", "p7"]


def test_sixty_four_who_want_one_each_are_served_in_the_order_they_came() -> None:
    queue = PictureQueue(lambda spec: 16)
    names = [f"p{i:02}" for i in range(64)]
    for name in names:
        queue.put(name, (one_of(name),))
    assert [ids(queue.take()) for _ in range(4)] == [names[i : i + 16] for i in range(0, 64, 16)]


def test_who_goes_first_shares_with_nobody_while_they_fill_a_batch() -> None:
    queue = PictureQueue(lambda spec: 4)
    queue.put("ann", tasks("a", 1))
    queue.put("me", tasks("m", 4), before_others=True)
    assert [ids(queue.take())[0] for _ in range(2)] == ["m0", "a0"]


def test_what_waits_of_one_who_is_another_by_now_comes_behind_theirs_and_keeps_the_earlier_turn() -> (
    None
):
    queue = PictureQueue(lambda spec: 2)
    queue.put("phone", tasks("p", 2, steps=5))
    queue.put("bob", tasks("b", 2, steps=6))
    queue.put("ann", tasks("a", 2))
    queue.put("phone", (one_of("again"),), first=True, alone=True)
    queue.hand_over("phone", "ann")
    queue.hand_over("nobody", "ann")
    assert queue.visitors() == ("ann", "bob") and queue.count("ann") == 5
    assert [ids(queue.take()) for _ in range(5)] == [
        ["a0", "a1"],
        ["b0", "b1"],
        ["again"],
        ["p0", "p1"],
        [],
    ]
    queue.put("phone", tasks("p", 1), before_others=True)
    queue.put("bob", tasks("b", 1))
    queue.hand_over("phone", "ann")
    queue.put("carla", tasks("c", 1))
    assert ids(queue.take())[0] == "p0"


def test_the_batches_to_come_are_told_without_taking_them() -> None:
    queue = PictureQueue(lambda spec: 2)
    queue.put("ann", tasks("a", 3))
    queue.put("bob", tasks("b", 1, steps=9))
    told = [ids(batch) for batch in queue.batches()]
    assert len(queue) == 4
    assert told == [ids(queue.take()) for _ in range(3)]


def test_removed_tasks_do_not_come() -> None:
    queue = PictureQueue(lambda spec: 4)
    queue.put("ann", tasks("a", 3))
    assert queue.remove(frozenset({"a1", "elsewhere"})) == ("a1",)
    assert ids(queue.take()) == ["a0", "a2"]


def test_a_batch_begun_again_comes_first() -> None:
    queue = PictureQueue(lambda spec: 1)
    queue.put("ann", tasks("a", 1))
    queue.put("ann", tasks("r", 1), first=True)
    assert ids(queue.take()) == ["r0"]


def test_what_waits_longer_comes_first_though_equal_pictures_came_later() -> None:
    queue = PictureQueue(lambda spec: 2)
    queue.put("ann", tasks("a", 3))
    queue.put("ann", tasks("w", 1, width=128))
    queue.put("ann", tasks("b", 2))
    assert [ids(queue.take()) for _ in range(4)] == [["a0", "a1"], ["a2", "b0"], ["w0"], ["b1"]]


def test_several_begun_again_keep_their_order() -> None:
    queue = PictureQueue(lambda spec: 1)
    queue.put("ann", tasks("a", 1))
    queue.put("ann", (*tasks("r", 2), *tasks("w", 1, width=128)), first=True)
    assert [ids(queue.take())[0] for _ in range(4)] == ["r0", "r1", "w0", "a0"]


def test_it_counts_what_waits() -> None:
    queue = PictureQueue(lambda spec: 2)
    queue.put("ann", tasks("a", 5))
    queue.put("bob", tasks("b", 1, steps=9))
    queue.take()
    queue.remove(frozenset({"a4"}))
    assert (len(queue), queue.count("ann"), queue.count("bob"), queue.count("eve")) == (3, 2, 1, 0)


def model_rows(*models: str) -> tuple[Task, ...]:
    """A grid: one row per model, two kinds of batch in turn along it."""
    return tuple(
        Task(
            id=f"{row}{model}{column}",
            spec=dataclasses.replace(
                SPEC, model=ModelRef(id=model, hash=model), steps=(4, 8)[column % 2]
            ),
        )
        for row, model in enumerate(models)
        for column in range(4)
    )


def test_the_working_order_changes_the_model_as_seldom_as_possible() -> None:
    order = in_working_order(model_rows("x", "y", "x", "z", "y"))
    models = [task.spec.model.id for task in order]
    assert models == ["x"] * 8 + ["y"] * 8 + ["z"] * 4


def test_the_working_order_puts_together_what_fits_together_and_is_stable() -> None:
    order = [task.id for task in in_working_order(model_rows("x", "y"))]
    assert order == ["0x0", "0x2", "0x1", "0x3", "1y0", "1y2", "1y1", "1y3"]


def test_the_working_order_keeps_the_order_of_equals() -> None:
    wall = tasks("a", 64)
    assert in_working_order(wall) == wall


def test_the_batches_of_pictures_call_them_by_index() -> None:
    specs = [dataclasses.replace(SPEC, steps=steps) for steps in (4, 8, 4, 4, 8)]
    batches = batches_of(specs, lambda spec: 2)
    assert [ids(batch) for batch in batches] == [["0", "2"], ["3"], ["1", "4"]]


def of_model(name: str, model: str, count: int) -> tuple[Task, ...]:
    return tasks(name, count, model=ModelRef(id=model, hash=model))


WARM_X = WorkerInfo(warm=("x",))


def test_a_worker_gets_first_what_it_has_warm() -> None:
    queue = PictureQueue(lambda spec: 2)
    queue.put("ann", of_model("a", "y", 2))
    queue.put("bob", of_model("b", "x", 2))
    assert ids(queue.take(WARM_X)) == ["b0", "b1"]
    assert ids(queue.take(WARM_X)) == ["a0", "a1"]


def test_what_is_warm_may_also_be_further_behind_in_the_same_line() -> None:
    queue = PictureQueue(lambda spec: 2)
    queue.put("ann", (*of_model("a", "y", 2), *of_model("b", "x", 2)))
    assert ids(queue.take(WARM_X)) == ["b0", "b1"]


def test_a_turn_is_passed_over_a_few_times_only() -> None:
    queue = PictureQueue(lambda spec: 1)
    queue.put("ann", of_model("a", "y", 1))
    queue.put("bob", of_model("b", "x", 20))
    taken = [ids(queue.take(WARM_X)) for _ in range(MOST_PASSED + 1)]
    assert taken == [*([f"b{i}"] for i in range(MOST_PASSED)), ["a0"]]


@given(
    arriving=st.lists(
        st.lists(
            st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.integers(1, 4)),
            max_size=3,
        ),
        min_size=1,
        max_size=30,
    ),
    warm=st.lists(st.sampled_from(["", "x", "y", "z"]), min_size=1),
)
@settings(deadline=None)
def test_nobody_starves_behind_what_is_warm(
    arriving: list[list[tuple[str, str, int]]], warm: list[str]
) -> None:
    """Whoever comes meanwhile, and however the workers' models fall: a batch of everybody who waits comes within a
    bounded number of turns, and what has waited longest of theirs within a bounded number of such turns."""
    queue = PictureQueue(lambda spec: 2)
    waiting: dict[str, list[str]] = {visitor: [] for visitor in "abcd"}
    turns, first_turns = Counter[str](), Counter[str]()
    for turn in itertools.count():
        for place, (visitor, model, count) in enumerate(
            itertools.chain(*arriving[turn : turn + 1])
        ):
            come = of_model(f"{visitor}{turn}-{place}-", model, count)
            queue.put(visitor, come)
            waiting[visitor] += [task.id for task in come]
        if turn >= len(arriving) and not len(queue):
            break
        taken = ids(queue.take(WorkerInfo(warm=(warm[turn % len(warm)],))))
        served = {task[0] for task in taken}
        for visitor, line in waiting.items():
            is_first_left = bool(line) and line[0] not in taken
            first_turns[visitor] = first_turns[visitor] + 1 if is_first_left else 0
            turns[visitor] = 0 if visitor in served or not line else turns[visitor] + 1
            line[:] = [task for task in line if task not in taken]
            assert turns[visitor] <= len(waiting) * (MOST_PASSED + 1)
            assert first_turns[visitor] <= len(waiting) * (MOST_PASSED + 1) ** 2


def test_what_goes_alone_shares_its_batch_with_nobody() -> None:
    queue = PictureQueue(lambda spec: 4)
    queue.put("ann", tasks("r", 2), first=True, alone=True)
    queue.put("ann", tasks("a", 1))
    queue.put("bob", tasks("b", 1))
    batches = [ids(queue.take()) for _ in range(3)]
    assert ["r0"] in batches and ["r1"] in batches
    assert sorted(name for batch in batches for name in batch) == ["a0", "b0", "r0", "r1"]


def test_what_fitted_after_memory_ran_out_limits_the_next_batches_of_its_device() -> None:
    fits = Fits()
    fits.learn("small", Fitted(model=SPEC.model.id, width=64, height=64, pictures=2))
    queue = PictureQueue(lambda spec: 4, fits)
    queue.put("ann", tasks("a", 8))
    assert len(ids(queue.take(WorkerInfo(device="small")))) == 2
    assert len(ids(queue.take(WorkerInfo(device="large")))) == 4


def test_what_fitted_holds_for_larger_pictures_too_but_not_for_smaller_ones() -> None:
    fits = Fits()
    fits.learn("d", Fitted(model=SPEC.model.id, width=64, height=64, pictures=2))
    larger = dataclasses.replace(SPEC, width=128)
    smaller = dataclasses.replace(SPEC, width=32)
    assert (fits.limit("d", larger, 4), fits.limit("d", smaller, 4)) == (2, 4)
