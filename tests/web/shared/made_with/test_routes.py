"""A file that is sent is told as settings that the page could offer by itself; what is absent here is listed."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sdgui.correction import Correction, written
from sdgui.errors import UserError
from sdgui.made_with import MadeWith, Origin
from sdgui.model_info import ModelInfo, ModelRef
from sdgui.storage.made_with.reading import read_made_with
from sdgui.storage.made_with.texts import read_texts
from sdgui.storage.pictures import encode_png
from sdgui.web.shared.made_with.restoring import restored
from tests import peers_files as peers
from tests.samples import SPEC
from tests.studio.conftest import OneModel
from tests.web.compare.test_routes import grid_of
from tests.web.conftest import Site

pytestmark = pytest.mark.quick


def read(site: Site, content: bytes, kind: str = "image/png") -> dict[str, Any]:
    reply = site.visitor().post("/read-picture", content=content, headers={"content-type": kind})
    assert reply.status_code == 200
    told: dict[str, Any] = reply.json()
    return told


def test_a_picture_of_ours_gives_its_settings_back(site: Site) -> None:
    client = site.visitor()
    job = site.dream(client, "a harbour", seed=0, steps=7, sampler="DPM++ 2M Karras")
    file = client.get(f"/picture/{job.tasks[0].id}").content
    told = read(site, file)
    assert (told["source"], told["absent"], told["notes"]) == ("sdgui", [], [])
    request = told["request"]
    assert (request["prompt"], request["seed"], request["lock"]) == ("a harbour", "0", True)
    assert (request["model"], request["sampler"]) == ("demo", "DPM++ 2M Karras")
    assert (request["steps"], "count" in request) == (7, False)


def test_what_is_absent_is_listed_and_nothing_takes_its_place_unsaid(site: Site) -> None:
    told = read(site, peers.png({"parameters": f"{peers.INFOTEXT}, Clip skip: 2"}))
    assert told["source"] == "a1111"
    assert told["absent"] == [
        {"what": "model", "name": "v1-5-pruned-emaonly"},
        {"what": "lora", "name": "add_detail"},
        {"what": "embedding", "name": "EasyNegative"},
        {"what": "vae", "name": "vae-ft-mse"},
    ]
    assert ["Model", "v1-5-pruned-emaonly"] in told["says"]
    assert told["request"]["model"] == "demo"
    assert (told["request"]["aspect"], told["request"]["width"]) == ("2:3", 64)
    skipped = "Its clip skip of 2 is left out: it is set for a model, by Correct in Models."
    shape = "512 × 768 pixels cannot be asked of demo: its nearest shape is 2:3, 64 × 80."
    assert {skipped, shape} <= set(told["notes"])
    forge = read(site, peers.png({"parameters": peers.FORGE}))
    assert {"what": "sampler", "name": "Euler a SGM Uniform"} in forge["absent"]


def test_a_sheet_of_ours_is_known_and_can_be_asked_for_again(site: Site) -> None:
    client = site.visitor()
    grid = site.compare(client, grid_of(site, ("Steps", "2, 3"), ("Cfg scale", "4, 5.5")))
    file = client.get(f"/jobs/{grid.id}/sheet.png").content
    told = read(site, file)
    assert told["source"] == "sdgui"
    assert told["sentence"].startswith("A sheet of 4 pictures: Steps × Cfg scale. ")
    request = told["request"]
    assert (request["prompt"], request["seed"], request["mode"]) == ("a cat", "5", "grid")
    axes = [request[name] for name in ("x_axis", "x_values", "y_axis", "y_values")]
    assert axes == ["Steps", "2, 3", "Cfg scale", "4, 5.5"]
    assert told["says"][-2:] == [["X: Steps", "2, 3"], ["Y: Cfg scale", "4, 5.5"]]
    # For other programs it says what the first was made with, as A1111's grids do.
    said = read_texts(io.BytesIO(file)).texts["parameters"]
    assert said.startswith("a cat\nSteps: 2,")
    wall = site.wall(client, count=4)
    told = read(site, client.get(f"/jobs/{wall.id}/sheet.png").content)
    assert told["sentence"].startswith("A sheet of 4 pictures: a wall. ")
    assert (told["request"]["mode"], told["request"]["wall_count"]) == ("wall", 4)
    nonsense = read(site, peers.png({"sdgui-sheet": '{"cells": [{}], "sheet": 3}'}))
    assert nonsense["source"] == "none"


class Hashed(OneModel):
    """Knows one model, which was read."""

    def look(self, model: str) -> ModelInfo:
        return self.describe(model)


class WithoutVaes(Hashed):
    """Whatever VAE is asked for is not here."""

    def check_vae(self, vae: ModelRef, model: ModelInfo) -> None:
        raise UserError(f"The VAE {vae.id} is not here.")


def test_a_picture_of_ours_is_to_be_read_as_it_was_and_says_which_vae_is_absent() -> None:
    corrected = Correction(clip_skip=2, vae=ModelRef(id="kl-f8", hash="cd" * 32))
    spec = replace(SPEC, correction=corrected)
    png = encode_png(spec, np.zeros((spec.height, spec.width, 3), np.uint8), {})
    made = read_made_with(io.BytesIO(png))
    assert made is not None
    told = restored(made, WithoutVaes(), "demo")
    assert told["request"]["correction"] == written(corrected)
    assert told["absent"] == [{"what": "vae", "name": "kl-f8"}]
    elsewhere = restored(replace(made, model="other", model_hash=""), WithoutVaes(), "demo")
    assert elsewhere["request"]["correction"] == ""
    assert elsewhere["absent"] == [{"what": "model", "name": "other"}]


def test_a_model_is_found_by_its_short_hash_whatever_it_is_called() -> None:
    models = Hashed()
    models.info = replace(
        models.info, ref=ModelRef(id="demo", hash="6ce0161689b3853acaa03779ec93eafe")
    )
    made = MadeWith(origin=Origin.A1111, prompt="x", model="anything", model_hash="6ce0161689")
    assert restored(made, models, "demo")["absent"] == []
    other = replace(made, model_hash="6ce0161680")
    assert restored(other, models, "demo")["absent"] == [{"what": "model", "name": "anything"}]


def test_a_forged_text_sets_nothing_that_the_page_would_not_offer(site: Site) -> None:
    text = "x\nSteps: 99999999, Sampler: Euler, CFG scale: 1e9, Seed: -5, Size: 50000x50000, Model: ../../etc/passwd"
    told = read(site, peers.png({"parameters": text}))
    info, request = site.studio.models.look("demo"), told["request"]
    assert (request["steps"], request["guidance"]) == (info.steps, info.guidance)
    assert (request["width"], request["height"]) == (info.width, info.height)
    assert (request["seed"], request["lock"], request["model"]) == ("", False, "demo")
    assert len(told["notes"]) == 4


def test_a_file_without_any_and_one_that_is_none_say_so_in_a_sentence(site: Site) -> None:
    told = read(site, peers.png())
    assert told["sentence"] == "This picture does not say what it was made with."
    assert read(site, b"<svg onload=alert(1)>")["error"] == "That file is no PNG, JPEG or WebP."


def test_a_text_is_read_as_a_file_is(site: Site) -> None:
    told = read(site, peers.FORGE.encode(), "text/plain")
    assert (told["source"], told["request"]["prompt"]) == ("forge", "a lighthouse")
    assert "says nothing of how" in read(site, b"a list of\nthings to buy", "text/plain")["error"]


def test_a_large_file_is_taken_here_and_nowhere_else(site: Site) -> None:
    large = peers.png({"parameters": peers.INFOTEXT}) + bytes(3 * 2**20)
    assert read(site, large)["source"] == "a1111"
    client = site.visitor()
    assert client.post("/reuse", content=large).status_code == 413
