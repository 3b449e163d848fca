"""Previews: the predicted picture of every picture, early, often enough, and closer with each step."""

import threading
from dataclasses import replace

import numpy as np
import pytest
import torch

from sdgui.engine.preview import INTERVAL, Frame, Previewer, encode_frame
from sdgui.engine.preview_map import PreviewMap, cached_preview_map, fit_preview_map
from sdgui.events import Decoded, Preview, Stepped, Task, WorkerEvent
from sdgui.samplers import SAMPLER_NAMES
from tests import samples
from tests.engine.conftest import Lab, Ticks, of_type
from tests.strips import pictures_in

GREY = PreviewMap(matrix=np.zeros((4, 3), np.float32), bias=np.full(3, 0.5, np.float32))


A = Task(id="0", spec=samples.SPEC)


def pictures_of(previews: list[Preview], task: str) -> list[np.ndarray]:
    """The pictures of one task in the composites that show it."""
    return [
        pictures_in(preview)[task].astype(np.float32)
        for preview in previews
        if task in preview.tasks
    ]


@pytest.mark.usefixtures("every_frame")
def test_all_pictures_get_at_least_eight_previews_in_25_steps(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab.clock, "tick", 0.0)  # however quick they are
    previews = of_type(lab.run(lab.specs(count=4, steps=25)), Preview)
    for task in "0123":
        assert len({one.tobytes() for one in pictures_of(previews, task)}) >= 8


@pytest.mark.parametrize("steps", [5, 8, 25, 60])
@pytest.mark.usefixtures("every_frame")
def test_the_first_preview_comes_before_a_quarter_of_the_steps(lab: Lab, steps: int) -> None:
    first = of_type(lab.run(lab.specs(steps=steps)), Preview)[0]
    assert first.step <= steps / 4
    assert first.steps == steps


def test_previews_are_ten_a_second_at_most() -> None:
    clock = Ticks()
    clock.tick = 0.0
    previewer = Previewer(clock)
    previewer.start(lambda event: None)
    offered = 0
    for step in range(1, 101):  # a hundred steps of 30 ms
        clock.now += 0.03
        if previewer.due(step, 100):
            previewer.offer([A], step, 100, torch.zeros(1, 4, 8, 8), GREY)
            offered += 1
    previewer.close()
    assert INTERVAL == 0.1
    assert offered == 25  # every fourth step, the first at once


@pytest.mark.parametrize(
    ("seconds", "due"),
    [(0.001, 12), (0.13, 12), (0.21, 24)],
    ids=["by the steps", "every second step", "by the clock"],
)
def test_a_processor_that_is_shared_makes_fewer_and_yet_enough(seconds: float, due: int) -> None:
    """Of 25 steps that take so many seconds each; at least eight have to be seen."""
    clock = Ticks()
    clock.tick = 0.0
    previewer = Previewer(clock, shared=True)
    previewer.start(lambda event: None)
    offered = []
    for step in range(1, 25):
        clock.now += seconds
        if previewer.due(step, 25):
            previewer.offer([A], step, 25, torch.zeros(1, 4, 8, 8), GREY)
            offered.append(step)
    previewer.close()
    assert len(offered) == due
    assert offered[0] == 1


# LCM noises each prediction anew, so a random model wanders; the embedded model shows it in test_demo_model.
@pytest.mark.parametrize("sampler", [name for name in SAMPLER_NAMES if name != "LCM"])
@pytest.mark.usefixtures("every_frame")
def test_the_error_of_previews_falls_with_the_step(lab: Lab, sampler: str) -> None:
    """Against the preview of the finished latents: what is left is what the prediction did not know yet."""
    warm = lab.engine._load(lab.specs()[0].model, lambda event: None)
    finished: list[torch.Tensor] = []
    decode = warm.family.decode

    def decode_and_keep(pipe: object, latents: torch.Tensor) -> torch.Tensor:
        finished.append(latents)
        return decode(pipe, latents)

    specs = lab.specs(count=2, steps=25, sampler=sampler, guidance=1.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warm.family, "decode", decode_and_keep)
        events = lab.run(specs)
    last = encode_frame(
        Frame(
            tasks=(A, replace(A, id="1")),
            step=0,
            steps=0,
            latents=torch.cat(finished).float(),
            arrived=lambda: None,
            colours=warm.colours,
        )
    )
    previews = of_type(events, Preview)
    for task in "01":
        (end,) = pictures_of(last, task)
        errors = [np.abs(one - end).mean() for one in pictures_of(previews, task)]
        # A random model's path is noisy: thirds must fall, not every step.
        first, middle, third = (np.mean(part) for part in np.array_split(errors, 3))
        assert first > middle > third


@pytest.mark.usefixtures("every_frame")
def test_previews_change_no_pixel(lab: Lab) -> None:
    specs = lab.specs(count=2, sampler="Heun")
    with_previews = lab.pictures(specs)
    previewer, lab.engine._previewer = lab.engine._previewer, None
    try:
        without = lab.pictures(specs)
    finally:
        lab.engine._previewer = previewer
    for one, other in zip(with_previews, without, strict=True):
        assert np.array_equal(one, other)


def test_no_preview_follows_the_picture_itself(lab: Lab) -> None:
    events = lab.run(lab.specs(count=3, steps=12))
    kinds = [type(event) for event in events]
    assert Preview not in kinds[kinds.index(Decoded) :]


def test_previews_of_a_step_come_for_every_task(lab: Lab) -> None:
    previews = of_type(lab.run(lab.specs(count=3, steps=12)), Preview)
    for step in {preview.step for preview in previews}:
        assert [one.tasks for one in previews if one.step == step] == [("0", "1", "2")]


def test_each_job_gets_one_composite_of_its_own_pictures() -> None:
    x0 = torch.zeros(3, 4, 16, 16)
    x0[1] += 1
    colours = PreviewMap(matrix=np.ones((4, 3), np.float32), bias=np.zeros(3, np.float32))
    frame = Frame(
        tasks=tuple(
            replace(A, id=task, job=job) for task, job in (("0", "a"), ("1", "b"), ("2", "a"))
        ),
        step=1,
        steps=2,
        latents=x0,
        arrived=lambda: None,
        colours=colours,
    )
    anns, bobs = encode_frame(frame)
    assert (anns.tasks, bobs.tasks) == (("0", "2"), ("1",))
    assert [one.max() for task in "02" for one in pictures_of([anns], task)] == [0, 0]
    assert pictures_of([bobs], "1")[0].min() == 255


def test_the_latest_frame_wins_while_an_older_one_waits() -> None:
    previewer = Previewer(Ticks())
    seen: list[int] = []
    entered, go_on = threading.Event(), threading.Event()

    def slow_emit(event: WorkerEvent) -> None:
        assert isinstance(event, Preview)
        seen.append(event.step)
        entered.set()
        assert go_on.wait(30)

    previewer.start(slow_emit)
    previewer.offer([A], 1, 9, torch.zeros(1, 4, 8, 8), GREY)
    assert entered.wait(30)
    for step in (2, 3, 4):
        previewer.offer([A], step, 9, torch.zeros(1, 4, 8, 8), GREY)
    go_on.set()
    previewer.settle()
    previewer.close()
    assert seen == [1, 4]


def test_what_the_receiver_raises_is_raised_by_stop() -> None:
    def broken_emit(event: WorkerEvent) -> None:
        raise BrokenPipeError

    previewer = Previewer(Ticks())
    previewer.start(broken_emit)
    previewer.offer([A], 1, 9, torch.zeros(1, 4, 8, 8), GREY)
    previewer.settle()
    with pytest.raises(BrokenPipeError):
        previewer.stop()
    previewer.close()


@pytest.mark.parametrize(
    ("latents", "pixels"),
    [
        ((16, 16), (128, 128)),
        ((32, 32), (128, 128)),
        ((64, 96), (256, 384)),
        ((256, 256), (512, 512)),
    ],
)
def test_previews_have_sides_of_128_to_512_pixels(
    latents: tuple[int, int], pixels: tuple[int, int]
) -> None:
    frame = Frame(
        tasks=(A,),
        step=1,
        steps=2,
        latents=torch.zeros(1, 4, *latents),
        arrived=lambda: None,
        colours=GREY,
    )
    (picture,) = pictures_of(encode_frame(frame), "0")
    assert picture.shape == (*pixels, 3)


def test_the_map_finds_the_colours_of_a_linear_vae() -> None:
    """A VAE whose latents are the mean colours, mixed: the fit must undo the mixing."""
    mixing = torch.tensor([[1.0, 0.5, 0.0], [0.0, 1.0, 0.5], [0.5, 0.0, 1.0], [0.3, 0.3, 0.3]])

    class LinearFamily:
        def encode_pixels(self, _pipe: object, pixels: torch.Tensor) -> torch.Tensor:
            means = torch.nn.functional.avg_pool2d(pixels, 8)
            return torch.einsum("nchw,kc->nkhw", means, mixing)

        def decode(self, _pipe: object, latents: torch.Tensor) -> torch.Tensor:
            means = torch.einsum("nkhw,ck->nchw", latents, torch.linalg.pinv(mixing))
            return torch.nn.functional.interpolate(means, scale_factor=8)

    class Pipe:
        vae = torch.nn.Linear(1, 1)

    fitted = fit_preview_map(LinearFamily(), Pipe(), torch.device("cpu"))  # type: ignore[arg-type]
    colour = np.array([0.9, 0.2, 0.4], np.float32)
    latent = (mixing.numpy() @ (2 * colour - 1))[None, :, None, None]
    assert np.abs(fitted.colours(latent)[0, 0, 0] / 255 - colour).max() < 0.01


def test_the_map_is_fitted_once_to_each_vae(lab: Lab, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    warm = lab.engine._load(lab.specs()[0].model, lambda event: None)
    cpu = torch.device("cpu")
    first = cached_preview_map(tmp_path, "a" * 64, warm.family, warm.pipe, cpu)
    monkeypatch.setattr(warm.family, "encode_pixels", None)
    again = cached_preview_map(tmp_path, "a" * 64, warm.family, warm.pipe, cpu)
    assert np.array_equal(first.matrix, again.matrix)
    assert np.array_equal(first.bias, again.bias)


def test_steps_are_counted_with_and_without_previews(lab: Lab) -> None:
    assert len(of_type(lab.run(lab.specs(steps=7)), Stepped)) == 7
