"""What the owner's page is told of models and what it may do, and that nobody else may."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sdgui.correction import Correction
from sdgui.library import Defaults, Offer
from sdgui.model_info import ModelRef, VaeForm
from sdgui.people import Allowance, Policy
from sdgui.vae_info import VaeInfo
from tests.fake_library import GB
from tests.studio.conftest import ManyModels
from tests.web.conftest import Site, open_site


@pytest.fixture(scope="module")
def models() -> ManyModels:
    return ManyModels("other")


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory, models: ManyModels) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("models"), models=models) as site:
        yield site


def sentence(reply: httpx.Response) -> str:
    detail = reply.json()["detail"]
    assert isinstance(detail, str)
    return detail


def test_every_model_is_told_with_its_size_its_memory_and_its_use(tmp_path: Path) -> None:
    with open_site(tmp_path, models=ManyModels("other")) as site:
        client = site.visitor()
        site.dream(client, count=2)
        told = client.get("/models").json()
    first, second = told["models"]
    assert (first["model"], first["family_title"]) == ("demo", "Stable Diffusion 1.x")
    assert (first["bytes"], first["memory_bytes"]) == (2 * GB, 3 * GB)
    assert first["warm"] and first["pictures"] == 2 and first["last"] > 0
    assert not second["warm"] and second["last"] is None
    assert told["memory"] == {"bytes": 16 * GB, "place": "main memory", "main": 16 * GB}
    assert told["default"] == "demo" and not told["offline"] and not told["token"]


def test_a_switch_loads_the_model_before_it_is_dreamt_with(site: Site) -> None:
    client = site.visitor()
    assert client.post("/models/switch", json={"model": "other"}).status_code == 204
    site.dream(client, model="other")
    assert site.engine.loads.count("other") == 1
    reply = client.post("/models/switch", json={"model": "/etc/passwd"})
    assert reply.status_code == 422 and "There is no model called" in sentence(reply)


def test_the_default_is_set(site: Site) -> None:
    client = site.visitor()
    assert client.put("/models/default", json={"model": "other"}).json() == {"notice": ""}
    assert client.get("/models").json()["default"] == "other"


def test_a_model_is_removed_only_once_that_is_confirmed(site: Site) -> None:
    client = site.visitor()
    site.library.removable = {"other": 2 * GB}
    asked = client.post("/models/remove", json={"model": "other"})
    assert asked.json() == {"frees": 2 * GB} and site.library.removed == []
    done = client.post("/models/remove", json={"model": "other", "confirmed": True})
    assert done.json() == {"freed": 2 * GB} and site.library.removed == ["other"]
    refused = client.post("/models/remove", json={"model": "demo", "confirmed": True})
    assert refused.status_code == 422 and "stays" in sentence(refused)


def test_a_model_in_use_is_not_removed(site: Site) -> None:
    client = site.visitor()
    site.library.removable = {"demo": GB}
    site.engine.go.clear()
    job = site.begin(client)
    refused = client.post("/models/remove", json={"model": "demo", "confirmed": True})
    site.engine.go.set()
    site.wait(job)
    assert sentence(refused).startswith("This model is in use.")
    assert site.library.removed == []


def test_what_a_hub_has_is_told_and_fetched(site: Site) -> None:
    client = site.visitor()
    offer = Offer(model="a/b", title="b", bytes=8 * GB, left=8 * GB, files=9)
    site.library.offers = {"a/b": offer}
    told = client.post("/models/look-up", json={"text": "a/b"}).json()
    assert (told["model"], told["bytes"], told["locked"]) == ("a/b", 8 * GB, False)
    begun = client.post("/models/downloads", json={"model": "a/b"}).json()["downloads"]
    assert [(one["model"], one["state"]) for one in begun] == [("a/b", "running")]
    held = client.post("/models/downloads/pause", json={"model": "a/b"}).json()["downloads"]
    assert [one["state"] for one in held] == ["paused"]
    assert client.get("/models/downloads").json()["downloads"] == held
    gone = client.post("/models/downloads/cancel", json={"model": "a/b"}).json()
    assert gone == {"downloads": []}


def test_what_no_hub_has_is_one_sentence(site: Site) -> None:
    reply = site.visitor().post("/models/look-up", json={"text": "no/such"})
    assert reply.status_code == 422 and "no/such" in sentence(reply)


def test_a_token_is_kept_and_never_told(site: Site) -> None:
    client = site.visitor()
    reply = client.put("/models/token", json={"token": "hf_secret"})
    assert reply.status_code == 204 and reply.content == b""
    told = client.get("/models")
    assert told.json()["token"] is True and "hf_secret" not in told.text


def test_a_model_is_corrected_and_told_so(site: Site) -> None:
    client = site.visitor()
    told = client.post("/models/corrected", json={"model": "demo"}).json()
    assert set(told["can"]) == {"prediction_type", "zero_snr", "clip_skip", "vae"}
    assert told["own"]["steps"] == 4 and told["values"]["steps"] is None
    asked = {"model": "demo", "prediction_type": "v_prediction", "clip_skip": 2, "steps": 9}
    told = client.put("/models/corrected", json=asked).json()
    assert told["values"]["steps"] == 9 and told["values"]["clip_skip"] == 2
    [(model, correction, defaults)] = site.library.corrections
    assert (model, defaults) == ("demo", Defaults(steps=9))
    assert correction == Correction(prediction_type="v_prediction", clip_skip=2)


def test_vaes_are_offered_with_what_keeps_them_from_fitting_and_are_chosen_by_name(
    site: Site,
) -> None:
    client = site.visitor()
    wide = VaeInfo(name="wide", form=VaeForm(channels=16, factor=8))
    site.library.vaes = (VaeInfo(name="mse", form=VaeForm(channels=4, factor=8)), wide)
    told = client.post("/models/corrected", json={"model": "demo"}).json()
    first, second = told["vaes"]
    assert (first["name"], first["misfit"]) == ("mse", "") and "SD 1.x" in first["doubt"]
    assert "16 latent channels" in second["misfit"]
    told = client.put("/models/corrected", json={"model": "demo", "vae": "mse"}).json()
    assert told["values"]["vae"] == "mse"
    [(_, correction, _)] = site.library.corrections
    assert correction == Correction(vae=ModelRef(id="mse", hash="ee" * 32))
    refused = client.put("/models/corrected", json={"model": "demo", "vae": "../x"})
    assert refused.status_code == 422 and "no VAE called" in sentence(refused)


ALL = [
    ("POST", "/models/corrected", {"model": "demo"}),
    ("PUT", "/models/corrected", {"model": "demo", "steps": 3}),
    ("GET", "/models", None),
    ("PUT", "/models/default", {"model": "other"}),
    ("POST", "/models/remove", {"model": "other", "confirmed": True}),
    ("POST", "/models/look-up", {"text": "a/b"}),
    ("GET", "/models/downloads", None),
    ("POST", "/models/downloads", {"model": "a/b"}),
    ("POST", "/models/downloads/pause", {"model": "a/b"}),
    ("POST", "/models/downloads/cancel", {"model": "a/b"}),
    ("PUT", "/models/token", {"token": "hf_secret"}),
]


@pytest.mark.parametrize(("method", "path", "body"), ALL)
def test_who_may_not_look_after_models_is_told_so(
    site: Site, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: object
) -> None:
    monkeypatch.setattr(site.studio, "policy", Policy(owner=Allowance(models=False)))
    site.library.removable = {"other": GB}
    reply = site.visitor().request(method, path, json=body)
    assert reply.status_code == 403 and "Only the owner" in sentence(reply)
    assert site.library.removed == [] and not site.library.has_token
    assert site.library.downloads() == () and site.library.default is None
    assert site.library.corrections == []


def test_guests_do_not_look_after_models() -> None:
    assert Policy().owner.models and not Policy().guest.models


@pytest.mark.parametrize("body", [{}, {"model": ""}, {"model": "x", "more": 1}, {"model": 3}])
def test_odd_requests_are_turned_away(site: Site, body: object) -> None:
    for method, path in (("PUT", "/models/default"), ("POST", "/models/downloads")):
        assert site.visitor().request(method, path, json=body).status_code == 422


def test_who_opens_the_page_after_a_model_came_finds_it(
    site: Site, models: ManyModels, tmp_path: Path
) -> None:
    client = site.visitor()
    assert "brand-new" not in client.get("/").text
    models.infos["brand-new"] = models._named("brand-new")
    page = client.get("/").text
    assert '\\"brand-new\\"' in page or '"brand-new"' in page
    assert client.get("/config").text.count("brand-new") >= 2
    del models.infos["brand-new"]
    assert "brand-new" not in client.get("/").text


def test_the_page_opens_where_its_first_model_went_and_another_came(
    tmp_path: Path,
) -> None:
    models = ManyModels("other")
    with open_site(tmp_path, models=models) as site:
        client = site.visitor()
        models.gone.add("demo")
        models.infos["brand-new"] = models._named("brand-new")
        assert client.get("/").status_code == 200
        components = client.get("/config").json()["components"]
    [control] = (one["props"] for one in components if one["props"].get("elem_id") == "model-value")
    assert control["value"] == "other"
    assert {name for _, name in control["choices"]} == {"demo", "other", "brand-new"}
