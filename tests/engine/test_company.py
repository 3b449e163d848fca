"""People who ask for the same kind of picture are dreamt for together, and no picture changes by it."""

import io
import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

from sdgui.engine.engine import TorchEngine
from tests.engine.conftest import Lab
from tests.engine.test_pictures import ONE_LEVEL, largest_difference
from tests.fake_engine import FakeEngine
from tests.web.conftest import open_site
from tests.web.dream.test_company import ask
from tests.web.dream.test_routes import listen_to

PEOPLE = 8


def picture_of(client: httpx.Client, job: str) -> tuple[np.ndarray, str]:
    """The one picture of a dream that has ended, as its owner gets it, and its place in its batch."""
    [tile] = client.get(f"/dreams/{job}").json()["tiles"]
    with Image.open(io.BytesIO(client.get(f"/picture/{tile['picture']}").content)) as image:
        notes = json.loads(image.info["sdgui"])["notes"]
        return np.asarray(image), notes["place in batch"]


def test_eight_people_who_ask_at_once_share_a_batch_and_get_what_each_would_get_alone(
    lab: Lab, tmp_path: Path
) -> None:
    engine: Any = TorchEngine(lab.catalog, "cpu", "float32")
    engine.go = FakeEngine().go  # what a site lets go of at its end
    [model] = lab.catalog.names()
    size = {"aspect": "W×H", "width": 64, "height": 64}
    asked = [
        {"prompt": f"a car, number {i}", "seed": str(i), "model": model, **size}
        for i in range(PEOPLE)
    ]
    with open_site(tmp_path, engine=engine, models=lab.catalog, batch=PEOPLE) as site:
        site.studio.pause(True)
        people = [site.visitor() for _ in asked]
        jobs = [ask(one, **values) for one, values in zip(people, asked, strict=True)]
        site.studio.pause(False)
        for one in people:
            listen_to(one)
        together = [picture_of(one, job) for one, job in zip(people, jobs, strict=True)]
        assert sorted(place for _, place in together) == [
            f"{i + 1} of {PEOPLE}" for i in range(PEOPLE)
        ]
        single = site.visitor()
        for values, (picture, _) in zip(asked, together, strict=True):
            job = ask(single, **values)
            listen_to(single)
            alone, place = picture_of(single, job)
            assert place == "1 of 1"
            assert largest_difference(alone, picture) <= ONE_LEVEL
    assert largest_difference(together[0][0], together[1][0]) > ONE_LEVEL
