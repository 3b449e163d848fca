"""Loading a model ahead, as when somebody switches to it: only where a worker has nothing else to do."""

from dataclasses import replace

from sdgui.errors import UserError
from sdgui.events import Loaded, Loading
from sdgui.model_info import ModelRef
from sdgui.records import JobRecord, JobState, TaskRecord
from sdgui.spec import DreamRequest
from sdgui.studio.happenings import (
    Asked,
    Begin,
    Effect,
    Happening,
    NotWarmed,
    Wanted,
    WarmUp,
    WorkerReady,
    WorkerSaid,
)
from sdgui.studio.machine import Machine
from tests.fake_engine import FakeEngine
from tests.people import who
from tests.studio.conftest import House, ManyModels, follow
from tests.studio.test_queue import SPEC

WARM_UP_N = WarmUp(worker=0, model="n")


def orders(machine: Machine, *happenings: Happening) -> list[Effect]:
    """What the worker is told to do."""
    effects = [one for happening in happenings for one in machine.take(happening, 0.0)]
    return [one for one in effects if isinstance(one, WarmUp | Begin)]


def a_machine() -> Machine:
    """One worker with nothing to do that has the model m."""
    machine = Machine(model="m", workers=1, batch_limit=lambda spec: 4)
    orders(machine, heard(Loading(model="m")), heard(Loaded(model="m", device="d", dtype="f")))
    orders(machine, WorkerReady(worker=0))
    return machine


def heard(event: Loading | Loaded) -> WorkerSaid:
    return WorkerSaid(worker=0, event=event)


def asked(model: str) -> Asked:
    spec = replace(SPEC, model=ModelRef(id=model, hash=model))
    task = TaskRecord(id="t", spec=spec)
    record = JobRecord(id="j", visitor="ann", created=0, state=JobState.QUEUED, tasks=(task,))
    return Asked(record=record)


def test_a_model_is_loaded_ahead_once() -> None:
    machine = a_machine()
    assert orders(machine, Wanted(model="n")) == [WARM_UP_N]
    loaded = heard(Loaded(model="n", device="d", dtype="f"))
    assert orders(machine, heard(Loading(model="n")), loaded, WorkerReady(worker=0)) == []
    assert (machine.status.state, machine.status.model) == ("ready", "n")
    assert orders(machine, Wanted(model="n")) == []


def test_what_was_asked_for_goes_first() -> None:
    machine = Machine(model="m", workers=1, batch_limit=lambda spec: 4)
    orders(machine, Wanted(model="n"), asked("m"))
    [begun] = orders(machine, WorkerReady(worker=0))
    assert isinstance(begun, Begin)


def test_the_model_that_was_wanted_last_counts() -> None:
    machine = Machine(model="m", workers=1, batch_limit=lambda spec: 4)
    said = (Wanted(model="o"), Wanted(model="n"), WorkerReady(worker=0), WorkerReady(worker=0))
    assert orders(machine, *said) == [WARM_UP_N]


def test_a_model_that_was_there_already_is_told_ready() -> None:
    machine = a_machine()
    orders(machine, Wanted(model="n"), heard(Loading(model="n")), WorkerReady(worker=0))
    assert (machine.status.state, machine.status.model) == ("ready", "n")


def test_a_model_that_cannot_be_loaded_is_told_and_the_worker_goes_on() -> None:
    machine = a_machine()
    fault = UserError("It is damaged.", "Download it anew.")
    orders(machine, Wanted(model="n"), heard(Loading(model="n")))
    orders(machine, NotWarmed(worker=0, fault=fault), WorkerReady(worker=0))
    assert (machine.status.state, machine.status.message) == ("failed", "It is damaged.")
    [begun] = orders(machine, asked("m"))
    assert isinstance(begun, Begin)


def test_a_model_is_in_use_while_it_loads_and_while_a_picture_of_it_waits() -> None:
    machine = a_machine()
    assert not machine.uses("n")
    orders(machine, Wanted(model="n"), heard(Loading(model="n")))
    assert machine.uses("n") and not machine.uses("m")
    orders(machine, asked("m"))
    assert machine.uses("m")


def test_a_studio_loads_ahead_before_the_next_dream(house: House, engine: FakeEngine) -> None:
    house.models = ManyModels("other")
    studio = house.open(engine)
    studio.warm_up("other")
    follow(studio, "ann", studio.submit(DreamRequest(prompt="a cat"), who("ann")).id)
    with_other = DreamRequest(prompt="a cat", model="other")
    follow(studio, "ann", studio.submit(with_other, who("ann")).id)
    assert engine.loads == ["demo", "other"]
