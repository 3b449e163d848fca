"""Sheets: plans, their order of work, pictures that fail alone, and going on after an end."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from sdgui.adapters import Adapter
from sdgui.errors import UserError
from sdgui.events import (
    Batch,
    Failed,
    Finished,
    JobCancelled,
    ModelLoading,
    PictureDone,
    PictureFailed,
    Progress,
    Started,
    StudioEvent,
    TaskFailed,
)
from sdgui.people import POLICY
from sdgui.plans import Plan
from sdgui.ports import Emit, IsCancelled
from sdgui.records import JobRecord, JobState
from sdgui.sheet import Axis, Sheet, SheetKind
from sdgui.spec import DreamRequest, PictureSpec
from sdgui.storage import DiskStore
from sdgui.studio.studio import Studio
from tests.fake_engine import PATIENCE, FakeEngine, HoldsAfterPreview
from tests.people import who
from tests.samples import DEMO, inked
from tests.studio.conftest import House, ManyModels, ends, follow, run

NOT_THERE = UserError("Its weights are damaged.", "Copy it again.")
ROWS = ("demo", "broken", "other")


@pytest.fixture
def models() -> ManyModels:
    return ManyModels("broken", "other")


@pytest.fixture
def house(tmp_path: Path, models: ManyModels) -> Iterator[House]:
    house = House(tmp_path / "outputs")
    house.models = models
    yield house
    house.close()


def specs(house: House, model: str = "demo", **asked: object) -> tuple[PictureSpec, ...]:
    request = DreamRequest(**{"prompt": "a red boat", "seed": 5, "steps": 2, **asked})
    return request.resolve(house.models.describe(model), lambda: 7, most=400)


def grid_of_models(house: House, columns: int = 4) -> Plan:
    """One row per model, along each the steps."""
    steps = [2 + i for i in range(columns)]
    return Plan(
        specs=tuple(spec for model in ROWS for n in steps for spec in specs(house, model, steps=n)),
        sheet=Sheet(
            kind=SheetKind.GRID,
            x=Axis(title="Steps", labels=tuple(map(str, steps))),
            y=Axis(title="Model", labels=ROWS),
        ),
    )


def wall(house: House, count: int) -> Plan:
    return Plan(specs=specs(house, count=count), sheet=Sheet(kind=SheetKind.WALL))


def stored(studio: Studio, job: JobRecord) -> JobRecord:
    found = studio.store.job(job.id, job.visitor)
    assert found is not None
    return found


def stop_after_one(studio: Studio, engine: FakeEngine, begin: Callable[[], JobRecord]) -> JobRecord:
    """Begins a job (or goes on with it), and stops it when one batch more is stored."""
    engine.most = 1
    engine.go.clear()  # until it is known how many there were
    job = begin()
    before = sum(task.stored for task in stored(studio, job).tasks)
    engine.go.set()

    async def look() -> list[StudioEvent]:
        events = []
        async for _, event in studio.watch(who(job.visitor), job.id):
            events.append(event)
            if sum(isinstance(told, PictureDone) for told in events) > before:
                studio.cancel(job.id, who(job.visitor))
        return events

    assert ends(run(look)) == [JobCancelled()]
    engine.most = None
    engine.go.set()
    return job


def stopped_wall(house: House, studio: Studio, engine: FakeEngine, count: int) -> JobRecord:
    """A wall of which one picture was made, one by one."""
    return stop_after_one(
        studio, engine, lambda: studio.submit_plan(wall(house, count), who("ann"))
    )


def test_a_plan_is_stored_with_its_sheet_and_made_in_its_order(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    plan = grid_of_models(house)
    job = studio.submit_plan(plan, who("ann"))
    assert ends(follow(studio, "ann", job.id)) == [Finished()]
    found = stored(studio, job)
    assert found.sheet == plan.sheet
    assert tuple(task.spec for task in found.tasks) == plan.specs
    assert [record.id for record in studio.store.jobs("ann", sheets=True)] == [job.id]


def test_a_grid_loads_each_model_once(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=1)
    across = Plan(
        specs=tuple(
            spec for seed in range(4) for model in ROWS for spec in specs(house, model, seed=seed)
        ),
        sheet=Sheet(kind=SheetKind.GRID),
    )
    follow(studio, "ann", studio.submit_plan(across, who("ann")).id)
    models = [batch.tasks[0].spec.model.id for batch in engine.batches]
    assert models == [name for name in ROWS for _ in range(4)]


def test_a_wall_goes_in_full_batches(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=16)
    job = studio.submit_plan(wall(house, 64), who("ann"))
    events = follow(studio, "ann", job.id)
    assert [len(batch.tasks) for batch in engine.batches] == [16] * 4
    assert sorted(e.index for e in events if isinstance(e, PictureDone)) == list(range(64))


def test_a_model_that_cannot_be_loaded_fails_its_pictures_and_the_others_go_on(
    house: House, engine: FakeEngine
) -> None:
    engine.unloadable["broken"] = NOT_THERE
    studio = house.open(engine, batch_limit=1)
    job = studio.submit_plan(grid_of_models(house), who("ann"))
    events = follow(studio, "ann", job.id)
    failed = [event for event in events if isinstance(event, PictureFailed)]
    assert failed == [
        PictureFailed(index=i, message=NOT_THERE.message, hint=NOT_THERE.hint) for i in range(4, 8)
    ]
    done = {event.index for event in events if isinstance(event, PictureDone)}
    assert done == {0, 1, 2, 3, 8, 9, 10, 11}
    message = "4 of 12 pictures could not be made: Its weights are damaged."
    assert ends(events) == [Failed(message=message, hint="Copy it again.")]
    found = stored(studio, job)
    assert (found.state, found.message) == (JobState.FAILED, message)
    faults = ["Its weights are damaged. Copy it again." if 4 <= i < 8 else "" for i in range(12)]
    assert [task.fault for task in found.tasks] == faults


def test_a_model_that_cannot_be_loaded_is_tried_once_for_a_job(
    house: House, engine: FakeEngine
) -> None:
    engine.unloadable["broken"] = NOT_THERE
    studio = house.open(engine, batch_limit=1)
    follow(studio, "ann", studio.submit_plan(grid_of_models(house), who("ann")).id)
    assert engine.loads.count("broken") == 1


def test_others_who_wait_for_that_model_have_it_tried_for_them(
    house: House, engine: FakeEngine
) -> None:
    engine.unloadable["broken"] = NOT_THERE
    engine.can_load.clear()
    studio = house.open(engine, batch_limit=1)
    ann = studio.submit_plan(grid_of_models(house), who("ann"))
    bob = studio.submit(DreamRequest(prompt="a", model="broken"), who("bob"))
    engine.can_load.set()
    assert ends(follow(studio, "ann", ann.id))
    assert ends(follow(studio, "bob", bob.id)) == [
        Failed(message=NOT_THERE.message, hint=NOT_THERE.hint)
    ]
    assert engine.loads.count("broken") == 2


def test_the_status_is_ready_again_when_a_model_that_is_there_works_on(
    house: House, engine: FakeEngine
) -> None:
    engine.unloadable["broken"] = NOT_THERE
    studio = house.open(engine, batch_limit=1)
    plan = Plan(
        specs=tuple(s for m in ("broken", "demo") for s in specs(house, m)),
        sheet=Sheet(kind=SheetKind.GRID),
    )
    follow(studio, "ann", studio.submit_plan(plan, who("ann")).id)
    status = studio.status()
    assert (status.state, status.model, status.device) == ("ready", "demo", "fake")
    assert (status.message, status.hint) == ("", "")


def test_the_device_is_known_while_another_model_loads(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine)
    follow(studio, "ann", studio.submit(DreamRequest(prompt="a"), who("ann")).id)
    engine.can_load.clear()
    job = studio.submit(DreamRequest(prompt="a", model="other"), who("ann"))

    async def look() -> str:
        device = ""
        async for _, event in studio.watch(who("ann"), job.id):
            if isinstance(event, ModelLoading):
                device = studio.status().device
                engine.can_load.set()
        return device

    assert run(look) == "fake"


class FailsOdd(FakeEngine):
    """Has no memory for odd seeds, as long as it lacks it."""

    lacks = True

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        bad = [task for task in batch.tasks if task.spec.seed % 2 and self.lacks]
        for task in bad:
            emit(TaskFailed(task=task.id, message=f"No memory for {task.spec.seed}.", hint="Less."))
        rest = tuple(task for task in batch.tasks if task not in bad)
        if rest:
            super().run(Batch(tasks=rest), emit, is_cancelled)


def test_each_failed_picture_is_told_in_its_own_words(house: House) -> None:
    studio = house.open(FailsOdd())
    job = studio.submit_plan(wall(house, 4), who("ann"))
    events = follow(studio, "ann", job.id)
    told = [(e.index, e.message, e.hint) for e in events if isinstance(e, PictureFailed)]
    assert told == [(0, "No memory for 5.", "Less."), (2, "No memory for 7.", "Less.")]
    assert [task.fault for task in stored(studio, job).tasks] == [
        *("No memory for 5. Less.", ""),
        *("No memory for 7. Less.", ""),
    ]


def test_a_failed_picture_is_told_to_late_watchers_and_by_the_record_before_the_end(
    house: House,
) -> None:
    engine = FailsOdd()
    engine.go.clear()
    studio = house.open(engine, batch_limit=1)
    job = studio.submit_plan(wall(house, 2), who("ann"))
    assert engine.began.acquire(timeout=PATIENCE)

    async def first() -> StudioEvent:
        async for _, event in studio.watch(who("ann"), job.id):
            if isinstance(event, PictureFailed):
                return event
        raise AssertionError("not told")

    assert run(first) == PictureFailed(index=0, message="No memory for 5.", hint="Less.")
    assert [task.fault for task in studio.as_it_stands(stored(studio, job)).tasks] == [
        "No memory for 5. Less.",
        "",
    ]
    engine.go.set()
    follow(studio, "ann", job.id)


def test_a_picture_is_told_with_its_match(house: House, engine: FakeEngine) -> None:
    engine.match = lambda spec: spec.seed / 100
    studio = house.open(engine)
    job = studio.submit_plan(wall(house, 3), who("ann"))
    events = follow(studio, "ann", job.id)
    assert [e.match for e in events if isinstance(e, PictureDone)] == [0.05, 0.06, 0.07]
    assert [task.match for task in stored(studio, job).tasks] == [0.05, 0.06, 0.07]


def test_the_time_is_expected_from_what_was_measured(house: House, engine: FakeEngine) -> None:
    engine.step_seconds, engine.decode_seconds = lambda pictures: 1.0 + pictures, 0.5
    studio = house.open(engine, clock=engine.clock)
    assert studio.expect(specs(house)) is None
    follow(studio, "ann", studio.submit_plan(wall(house, 4), who("ann")).id)
    assert studio.expect(specs(house, count=8)) == pytest.approx(2 * (2 * 5.0 + 4 * 0.5))
    assert studio.expect((*specs(house), *specs(house, "other"))) is None


def test_cells_that_are_made_one_by_one_are_expected_to_take_longer(
    house: House, engine: FakeEngine
) -> None:
    engine.step_seconds, engine.decode_seconds = lambda pictures: 1.0 + pictures, 0.5
    studio = house.open(engine, clock=engine.clock)
    for count in (4, 1):
        follow(studio, "ann", studio.submit_plan(wall(house, count), who("ann")).id)
    different = [spec for cfg in (2, 3, 4, 5) for spec in specs(house, guidance=cfg)]
    assert studio.expect(specs(house, count=4)) == pytest.approx(2 * 5.0 + 4 * 0.5)
    assert studio.expect(different) == pytest.approx(4 * (2 * 2.0 + 0.5))


# Going on


def test_a_stopped_job_goes_on_with_what_is_missing(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=1)
    job = stopped_wall(house, studio, engine, 5)
    before = {task.id: task.stored for task in stored(studio, job).tasks}
    assert 0 < sum(before.values()) < 5
    made = len(engine.batches)
    assert studio.resume(job.id, who("ann"))
    events = follow(studio, "ann", job.id)
    assert ends(events) == [Finished()]
    assert sorted(e.index for e in events if isinstance(e, PictureDone)) == list(range(5))
    again = {task.id for batch in engine.batches[made:] for task in batch.tasks}
    assert again == {task for task, done in before.items() if not done}
    assert stored(studio, job).state is JobState.FINISHED


def test_a_failed_job_goes_on_and_forgets_its_faults(house: House) -> None:
    engine = FailsOdd()
    studio = house.open(engine)
    job = studio.submit_plan(wall(house, 4), who("ann"))
    assert isinstance(ends(follow(studio, "ann", job.id))[0], Failed)
    engine.lacks = False
    assert studio.resume(job.id, who("ann"))
    assert ends(follow(studio, "ann", job.id)) == [Finished()]
    found = stored(studio, job)
    assert (found.state, found.message, found.hint) == (JobState.FINISHED, "", "")
    assert all(task.stored and not task.fault for task in found.tasks)


@pytest.mark.parametrize("state", [JobState.CANCELLED, JobState.FAILED])
def test_a_job_of_an_earlier_run_goes_on(house: House, state: JobState) -> None:
    engine = FailsOdd()
    studio = house.open(engine, batch_limit=1)
    engine.lacks = state is JobState.FAILED
    if engine.lacks:
        job = studio.submit_plan(wall(house, 4), who("ann"))
        follow(studio, "ann", job.id)
    else:
        job = stopped_wall(house, studio, engine, 4)
    kept = {task.id for task in stored(studio, job).tasks if task.stored}
    assert stored(studio, job).state is state
    house.close()

    fresh = FakeEngine()
    again = house.open(fresh)
    assert again.active_jobs(who("ann")) == ()
    assert again.resume(job.id, who("ann"))
    assert ends(follow(again, "ann", job.id)) == [Finished()]
    assert all(task.stored for task in stored(again, job).tasks)
    assert not kept & {task.id for batch in fresh.batches for task in batch.tasks}


def test_a_job_that_goes_on_is_finished_after_a_restart(house: House) -> None:
    engine = FakeEngine()
    studio = house.open(engine, batch_limit=1)
    job = stopped_wall(house, studio, engine, 4)
    engine.go.clear()
    assert studio.resume(job.id, who("ann"))
    assert stored(studio, job).state is JobState.QUEUED
    house.close()
    again = house.open(FakeEngine())
    assert ends(follow(again, "ann", job.id)) == [Finished()]


def test_deleted_pictures_are_not_made_again(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=1)
    job = stopped_wall(house, studio, engine, 4)
    gone = next(task.id for task in stored(studio, job).tasks if task.stored)
    assert studio.store.bin("ann", pictures=[gone])
    made = len(engine.batches)
    assert studio.resume(job.id, who("ann"))
    events = follow(studio, "ann", job.id)
    assert ends(events) == [Finished()]
    assert gone not in {e.picture_id for e in events if isinstance(e, PictureDone)}
    assert gone not in {task.id for batch in engine.batches[made:] for task in batch.tasks}


def test_a_job_with_nothing_left_to_make_does_not_go_on(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine)
    job = studio.submit_plan(wall(house, 2), who("ann"))
    follow(studio, "ann", job.id)
    studio.store.bin("ann", pictures=[job.tasks[0].id])
    assert not studio.resume(job.id, who("ann"))
    assert stored(studio, job).state is JobState.FINISHED


def test_a_job_that_is_removed_while_it_is_about_to_go_on_stays_removed(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(engine)
    engine.go.clear()
    job = studio.submit_plan(wall(house, 2), who("ann"))
    assert studio.cancel(job.id, who("ann"))
    reopen = studio.store.reopen_job

    def removed_just_before(name: str) -> JobRecord | None:
        assert studio.store.bin("ann", jobs=[name])
        return reopen(name)

    monkeypatch.setattr(studio.store, "reopen_job", removed_just_before)
    assert not studio.resume(job.id, who("ann"))
    assert studio.active_jobs(who("ann")) == ()
    assert studio.store.unfinished_jobs() == ()


def test_nobody_goes_on_with_the_jobs_of_others_or_with_none(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine, batch_limit=1)
    job = stopped_wall(house, studio, engine, 3)
    for name, visitor in ((job.id, "bob"), ("f" * 32, "ann"), ("../x", "ann")):
        assert not studio.resume(name, who(visitor))
    assert stored(studio, job).state is JobState.CANCELLED


def test_a_job_under_way_does_not_go_on_twice(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=1)
    job = stopped_wall(house, studio, engine, 3)
    engine.go.clear()
    assert studio.resume(job.id, who("ann"))
    assert not studio.resume(job.id, who("ann"))
    engine.go.set()
    assert ends(follow(studio, "ann", job.id)) == [Finished()]


def test_of_many_who_go_on_with_a_job_at_once_one_does(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=1)
    job = stopped_wall(house, studio, engine, 4)
    made = len(engine.batches)
    with ThreadPoolExecutor(8) as pool:
        went_on = list(pool.map(lambda _: studio.resume(job.id, who("ann")), range(8)))
    assert ends(follow(studio, "ann", job.id)) == [Finished()]
    assert went_on.count(True) == 1
    assert len(engine.batches) - made == 3


def test_a_job_that_goes_on_can_be_stopped_again(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=1)
    job = stopped_wall(house, studio, engine, 4)

    def go_on() -> JobRecord:
        assert studio.resume(job.id, who("ann"))
        return job

    stop_after_one(studio, engine, go_on)
    assert sum(task.stored for task in stored(studio, job).tasks) == 2
    go_on()
    assert ends(follow(studio, "ann", job.id)) == [Finished()]


def test_who_watches_everything_follows_a_job_that_goes_on(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine, batch_limit=1)
    engine.go.clear()
    block = studio.submit(DreamRequest(prompt="block", steps=1), who("ann"))
    assert engine.began.acquire(timeout=PATIENCE)
    job = studio.submit_plan(wall(house, 2), who("ann"))

    async def look() -> list[tuple[bool, StudioEvent]]:
        told: list[tuple[bool, StudioEvent]] = []
        stopped = resumed = False
        async for name, event in studio.watch(who("ann")):
            if not stopped:
                stopped = studio.cancel(job.id, who("ann"))
            if name == job.id:
                told.append((resumed, event))
                if isinstance(event, JobCancelled):
                    resumed = studio.resume(job.id, who("ann"))
                    engine.go.set()
        return told

    told = run(look)
    assert [e for again, e in told if not again and isinstance(e, JobCancelled)] == [JobCancelled()]
    after = [event for again, event in told if again]
    assert ends(after) == [Finished()]
    assert sum(isinstance(event, PictureDone) for event in after) == 2
    assert sum(isinstance(event, Started) for event in after) == 1
    assert ends(follow(studio, "ann", block.id)) == [Finished()]


def test_a_job_that_goes_on_has_live_previews_again(house: House) -> None:
    engine = HoldsAfterPreview()
    studio = house.open(engine, batch_limit=1)
    job = stopped_wall(house, studio, engine, 3)
    assert not any(studio.live(job.id, str(batch), who("ann")) for batch in range(9))

    async def look() -> set[int]:
        revisions = set()
        async for _, event in studio.watch(who("ann"), job.id):
            strips = event.live if isinstance(event, Progress) else ()
            for strip in [one for one in strips if (one.pictures, one.revision) == ((1,), 1)]:
                live = studio.live(job.id, strip.id, who("ann"))
                assert live is not None and live[1].startswith(b"\xff\xd8")
                revisions.add(live[0])
                engine.go.set()
        return revisions

    engine.holds = True
    assert studio.resume(job.id, who("ann"))
    assert run(look) == {1}
    assert not any(studio.live(job.id, str(batch), who("ann")) for batch in range(9))


def test_a_job_whose_model_changed_does_not_go_on_and_says_so(
    house: House, engine: FakeEngine, models: ManyModels
) -> None:
    studio = house.open(engine, batch_limit=1)
    job = stopped_wall(house, studio, engine, 3)
    models.change("demo")
    with pytest.raises(UserError, match="has changed"):
        studio.resume(job.id, who("ann"))
    assert stored(studio, job).state is JobState.CANCELLED
    models.gone.add("demo")
    with pytest.raises(UserError, match="no model called demo"):
        studio.resume(job.id, who("ann"))


def test_only_the_pictures_of_a_model_that_changed_fail_when_a_job_goes_on(
    house: House, engine: FakeEngine, models: ManyModels
) -> None:
    engine.go.clear()
    studio = house.open(engine)
    job = studio.submit_plan(grid_of_models(house, columns=1), who("ann"))
    assert engine.began.acquire(timeout=PATIENCE)
    studio.cancel(job.id, who("ann"))
    follow(studio, "ann", job.id)
    engine.go.set()
    models.change("broken")
    assert studio.resume(job.id, who("ann"))
    events = follow(studio, "ann", job.id)
    assert [e.index for e in events if isinstance(e, PictureFailed)] == [1]
    assert sorted(e.index for e in events if isinstance(e, PictureDone)) == [0, 2]
    (end,) = ends(events)
    assert isinstance(end, Failed)
    assert end.message.startswith("1 of 3 pictures could not be made: The model broken has changed")


def test_only_the_pictures_of_a_model_that_changed_fail_after_a_restart(
    house: House, models: ManyModels
) -> None:
    blocked = FakeEngine()
    blocked.go.clear()
    studio = house.open(blocked)
    job = studio.submit_plan(grid_of_models(house, columns=1), who("ann"))
    house.close()
    models.gone.add("broken")
    again = house.open(FakeEngine())
    events = follow(again, "ann", job.id)
    assert [e.index for e in events if isinstance(e, PictureFailed)] == [1]
    assert sorted(e.index for e in events if isinstance(e, PictureDone)) == [0, 2]


def changed_ink(adapters: Sequence[Adapter]) -> None:
    if adapters:
        raise UserError("The LoRA “ink” changed.", "Dream it again.")


def with_ink(spec: PictureSpec) -> PictureSpec:
    (ink,) = inked(DEMO, "<lora:ink:1>", "")
    return replace(spec, adapters=(ink,))


def test_a_job_whose_lora_changed_does_not_go_on_and_says_so_once(
    house: House, engine: FakeEngine, models: ManyModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(engine, batch_limit=1)
    plan = wall(house, 3)
    plan = replace(plan, specs=tuple(map(with_ink, plan.specs)))
    job = stop_after_one(studio, engine, lambda: studio.submit_plan(plan, who("ann")))
    made = len(engine.batches)
    monkeypatch.setattr(models, "check_adapters", changed_ink)
    with pytest.raises(UserError, match="“ink” changed"):
        studio.resume(job.id, who("ann"))
    assert stored(studio, job).state is JobState.CANCELLED
    assert len(engine.batches) == made


def test_only_the_pictures_of_a_lora_that_changed_fail_when_a_job_goes_on(
    house: House, engine: FakeEngine, models: ManyModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(engine, batch_limit=1)
    plan = wall(house, 3)
    plan = replace(plan, specs=(*plan.specs[:2], with_ink(plan.specs[2])))
    job = stop_after_one(studio, engine, lambda: studio.submit_plan(plan, who("ann")))
    monkeypatch.setattr(models, "check_adapters", changed_ink)
    assert studio.resume(job.id, who("ann"))
    events = follow(studio, "ann", job.id)
    assert [e.index for e in events if isinstance(e, PictureFailed)] == [2]
    (end,) = ends(events)
    assert isinstance(end, Failed)
    assert end.message.startswith("1 of 3 pictures could not be made: The LoRA “ink” changed")


def test_an_end_that_could_not_be_stored_does_not_come_after_the_job_went_on(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine, batch_limit=1)
    store = studio.store
    assert isinstance(store, DiskStore)
    engine.go.clear()
    job = studio.submit_plan(wall(house, 2), who("ann"))
    assert engine.began.acquire(timeout=PATIENCE)
    store._database._connection.execute("PRAGMA query_only = ON")
    studio.cancel(job.id, who("ann"))
    assert ends(follow(studio, "ann", job.id)) == [JobCancelled()]
    store._database._connection.execute("PRAGMA query_only = OFF")
    engine.go.set()
    assert studio.resume(job.id, who("ann"))
    assert ends(follow(studio, "ann", job.id)) == [Finished()]
    assert stored(studio, job).state is JobState.FINISHED


def test_a_job_does_not_go_on_where_too_much_waits(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=1)
    job = stopped_wall(house, studio, engine, 4)
    engine.go.clear()
    for _ in range(2):
        studio.submit_plan(wall(house, POLICY.owner.waiting // 2), who("ann"))
    with pytest.raises(UserError, match="waiting already"):
        studio.resume(job.id, who("ann"))
    assert stored(studio, job).state is JobState.CANCELLED


def test_a_closed_studio_goes_on_with_nothing(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=1)
    job = stopped_wall(house, studio, engine, 3)
    studio.close()
    with pytest.raises(UserError, match="closing"):
        studio.resume(job.id, who("ann"))
