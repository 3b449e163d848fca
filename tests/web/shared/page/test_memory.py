"""The memory of the workers as the page is told of it, and who may free it."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from sdgui.people import Allowance, Policy
from sdgui.studio.status import WorkerStatus
from sdgui.web.shared.page.memory import describe_worker
from sdgui.workers import HeldModel
from tests.fake_engine import PATIENCE
from tests.studio.conftest import ManyModels
from tests.web.conftest import BROWSER, Site, open_site

GB = 10**9
HELD = tuple(
    HeldModel(model=model, bytes=size, used=1.0, seconds=4.0)
    for model, size in (("analog", 2 * GB), ("sdxl", 7 * GB))
)
GPU = WorkerStatus(
    state="ready",
    model="sdxl",
    device="cuda (NVIDIA RTX 4070)",
    title="NVIDIA RTX 4070",
    memory=12 * GB,
    free=GB,
    process=3 * GB,
    batch=GB,
    held=HELD,
    pictures=4,
    dreaming="sdxl",
    width=1024,
    height=680,
)
CPU = WorkerStatus(
    state="ready",
    model="sdxl",
    device="cpu",
    title="CPU, 8 cores",
    memory=16 * GB,
    free=8 * GB,
    process=2 * GB,
)


def rows(worker: WorkerStatus) -> list[tuple[str, str, float]]:
    told = describe_worker(worker, app=GB, title=str.upper)
    return [(one["kind"], one["text"], one["bytes"] / GB) for one in told["rows"]]


def test_a_gpu_tells_of_models_of_the_batch_and_of_others() -> None:
    assert rows(GPU) == [
        ("models", "SDXL, dreaming", 7),
        ("warm", "Other warm models", 2),
        ("batch", "This batch: 4 pictures, 1024 × 680", 1),
        ("others", "Other programs", 1),
        ("free", "Free", 1),
    ]


def test_a_gpu_at_nothing_tells_of_its_models_together() -> None:
    idle = WorkerStatus(**{**vars(GPU), "pictures": 0, "dreaming": "", "batch": 0})
    assert rows(idle)[0] == ("warm", "Warm models", 9)


def test_a_cpu_tells_of_the_worker_and_of_the_app() -> None:
    assert rows(CPU) == [
        ("models", "The worker, with its models", 2),
        ("warm", "The app", 1),
        ("others", "Other programs", 5),
        ("free", "Free", 8),
    ]


def test_where_the_system_does_not_tell_what_is_known_is_told() -> None:
    assert [
        kind for kind, _, _ in rows(WorkerStatus(**{**vars(CPU), "memory": None, "free": None}))
    ] == [
        "models",
        "warm",
    ]


def test_what_processes_share_is_never_less_than_nothing() -> None:
    crowded = WorkerStatus(**{**vars(CPU), "free": 15 * GB})
    assert ("others", "Other programs", 0) in rows(crowded)


def test_the_latest_used_model_comes_first_and_the_one_at_work_is_told() -> None:
    told = describe_worker(GPU, app=0, title=str.upper)["models"]
    assert [(one["title"], one["dreaming"]) for one in told] == [("SDXL", True), ("ANALOG", False)]


def memory(client: httpx.Client) -> dict[str, Any]:
    return dict(client.get("/memory").raise_for_status().json())


def test_a_model_is_freed_and_that_is_told(site: Site) -> None:
    client = site.visitor()
    site.dream(client, "a cat")
    before = len(site.engine.frees)
    client.post("/memory/free", json={"models": ["demo"]}, headers=BROWSER).raise_for_status()
    site.dream(client, "a dog")  # after it, for the worker does one after another
    assert ("demo",) in site.engine.frees[before:]
    told = memory(client)
    assert told["may_free"] is True
    assert [one["title"] for one in told["workers"]] == ["CPU, 8 cores"]


def test_a_warm_model_whose_files_are_gone_is_told_by_its_name(tmp_path: Path) -> None:
    models = ManyModels("other")
    with open_site(tmp_path, models=models) as site:
        client = site.visitor()
        site.dream(client, "a cat", model="other")
        site.studio.free(["demo"])  # the worker tells then what it holds
        site.dream(client, "a dog", model="other")
        models.gone.add("other")
        [worker] = memory(client)["workers"]
    assert "other" in [one["title"] for one in worker["models"]]


def test_only_the_owner_frees_memory(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = Allowance(models=False)
    monkeypatch.setattr(site.studio, "policy", Policy(owner=nobody, guest=nobody))
    client = site.visitor()
    before = list(site.engine.frees)
    refused = client.post("/memory/free", json={"models": ["demo"]}, headers=BROWSER)
    assert refused.status_code == 403
    assert site.engine.frees == before
    assert memory(client)["may_free"] is False


def test_guests_are_told_nothing_of_the_machine_nor_of_models_that_are_not_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_site(tmp_path, models=ManyModels("other")) as site:
        client = site.visitor()
        site.dream(client, "a cat", model="other")
        site.studio.free(["demo"])  # the worker tells then what it holds
        site.dream(client, "a dog", model="other")
        [whole] = memory(client)["workers"]
        assert whole["rows"]
        warm = {one["model"]: one for one in whole["models"]}
        assert set(warm) == {"other", "demo"}
        for only, models in ((None, whole["models"]), (("other",), [warm["other"]])):
            guest = Allowance(models=False, only=only)
            monkeypatch.setattr(site.studio, "policy", Policy(owner=guest, guest=guest))
            [told] = memory(client)["workers"]
            assert (told["rows"], told["total"], told["models"]) == ([], None, models)


@pytest.mark.parametrize(
    "body", [{}, {"models": []}, {"models": "demo"}, {"models": ["a"], "b": 1}]
)
def test_what_makes_no_sense_is_refused(site: Site, body: dict[str, Any]) -> None:
    refused = site.visitor().post("/memory/free", json=body, headers=BROWSER, timeout=PATIENCE)
    assert 400 <= refused.status_code < 500
