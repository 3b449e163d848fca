"""A 6×6 grid as the app makes it, in its batches; the same cells can be dreamt by bare diffusers or one by one."""

from dataclasses import dataclass

from sdgui.axes import GUIDANCE, AxisRequest
from sdgui.batches import batch_limit
from sdgui.engine.catalog import Catalog
from sdgui.plans import plan_grid
from sdgui.spec import DreamRequest, PictureSpec
from sdgui.studio.queue import batches_of


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Six cfg scales by six seeds; every scale is above 1, so that each picture costs the same."""

    prompt: str = "a red boat at sea"
    scales: str = "2-7"
    seeds: str = "1041-1046"
    steps: int | None = None
    size: int | None = None

    def batches(self, catalog: Catalog, device: str) -> tuple[tuple[PictureSpec, ...], ...]:
        """The cells in the batches that the studio's queue makes of them for a device, in words."""
        request = DreamRequest(
            prompt=self.prompt,
            model=catalog.names()[0],
            steps=self.steps,
            width=self.size,
            height=self.size,
        )
        plan = plan_grid(
            request,
            AxisRequest(name=GUIDANCE, values=self.scales),
            AxisRequest(name="Seed", values=self.seeds),
            describe=catalog.describe,
            draw_seed=lambda: 0,
        )
        batches = batches_of(plan.specs, lambda spec: batch_limit(spec, device))
        return tuple(tuple(task.spec for task in batch.tasks) for batch in batches)
