"""Stopping: within one evaluation of the UNet, and only what nobody wants any more."""

from collections.abc import Iterator

import numpy as np
import pytest

from sdgui.events import Decoded, Measured, Preview, Stepped, TaskFailed, WorkerEvent
from tests.engine.conftest import Lab, of_type


class Evaluations:
    """Counts the UNet's forward calls and cancels tasks when one of them begins."""

    def __init__(self) -> None:
        self.count = 0
        self.cancel_at: int | None = None
        self.to_cancel: set[str] = set()
        self.cancelled: set[str] = set()

    def __call__(self, *_: object) -> None:
        self.count += 1
        if self.count == self.cancel_at:
            self.cancelled |= self.to_cancel


@pytest.fixture
def evaluations(lab: Lab) -> Iterator[Evaluations]:
    warm = lab.engine._load(lab.specs()[0].model, lambda event: None)
    counter = Evaluations()
    hook = warm.pipe.unet.register_forward_pre_hook(counter)
    yield counter
    hook.remove()


@pytest.mark.parametrize("sampler", ["Euler", "Heun", "PNDM", "DPM++ 2M"])
@pytest.mark.parametrize("at", [1, 2, 5])
def test_cancel_ends_within_one_evaluation(
    lab: Lab, evaluations: Evaluations, sampler: str, at: int
) -> None:
    evaluations.cancel_at, evaluations.to_cancel = at, {"0", "1"}
    events = lab.run(
        lab.specs(count=2, steps=25, sampler=sampler),
        is_cancelled=lambda task: task in evaluations.cancelled,
    )
    assert evaluations.count == at
    assert len(of_type(events, Stepped)) == at - 1
    assert not of_type(events, Decoded) + of_type(events, TaskFailed)


def test_a_batch_that_is_cancelled_before_it_begins_does_nothing(
    lab: Lab, evaluations: Evaluations
) -> None:
    events = lab.run(lab.specs(count=2), is_cancelled=lambda task: True)
    assert [type(one) for one in events] == [Measured]
    assert evaluations.count == 0


def test_one_cancelled_member_is_dropped_and_the_others_are_as_always(
    lab: Lab, evaluations: Evaluations
) -> None:
    specs = lab.specs(count=3)
    expected = lab.pictures(specs)
    evaluations.count = 0
    evaluations.cancel_at, evaluations.to_cancel = 3, {"1"}
    events = lab.run(specs, is_cancelled=lambda task: task in evaluations.cancelled)
    done = {event.task: event.pixels for event in of_type(events, Decoded)}
    assert set(done) == {"0", "2"}
    assert np.array_equal(done["0"], expected[0])
    assert np.array_equal(done["2"], expected[2])


def test_a_member_that_was_cancelled_while_waiting_is_not_computed(
    lab: Lab, evaluations: Evaluations
) -> None:
    sizes: list[int] = []
    warm = lab.engine._load(lab.specs()[0].model, lambda event: None)
    hook = warm.pipe.unet.conv_in.register_forward_pre_hook(
        lambda _module, inputs: sizes.append(len(inputs[0]))
    )
    lab.run(lab.specs(count=3, guidance=1.0), is_cancelled=lambda task: task == "0")
    hook.remove()
    assert set(sizes) == {2}


def test_cancel_while_decoding_keeps_what_is_done(lab: Lab) -> None:
    cancelled: set[str] = set()

    def cancel_rest(event: WorkerEvent) -> None:
        if isinstance(event, Decoded):
            cancelled.update({"1", "2"})

    events = lab.run(
        lab.specs(count=3), is_cancelled=lambda task: task in cancelled, emit=cancel_rest
    )
    assert [event.task for event in of_type(events, Decoded)] == ["0"]


def test_the_next_batch_after_a_cancel_is_as_always(lab: Lab, evaluations: Evaluations) -> None:
    specs = lab.specs(sampler="DPM++ 2M", steps=12)
    (expected,) = lab.pictures(specs)
    evaluations.count, evaluations.cancel_at, evaluations.to_cancel = 0, 4, {"0"}
    lab.run(specs, is_cancelled=lambda task: task in evaluations.cancelled)
    evaluations.cancel_at = None
    assert np.array_equal(lab.pictures(specs)[0], expected)


def test_a_receiver_that_breaks_is_raised_to_the_worker(lab: Lab) -> None:
    def broken(event: WorkerEvent) -> None:
        if isinstance(event, Stepped | Preview):
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        lab.run(lab.specs(), emit=broken)
    lab.pictures(lab.specs())
