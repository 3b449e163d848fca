"""Names of models that are given by where they lie."""

from pathlib import Path

import pytest

from sdgui.engine.places import name_places


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Folders and files that may be models."""
    for folder in ("a/boats", "b/Boats", "demo", "a/sea.v2"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "c.safetensors").touch()
    return tmp_path


def test_a_folder_is_called_by_its_name_and_a_file_without_its_ending(here: Path) -> None:
    named = name_places([f"{here}/a/boats/", f"{here}/c.safetensors", f"{here}/a/sea.v2"])
    assert named.names == ("boats", "c", "sea.v2")
    assert named.places["c"] == f"{here}/c.safetensors"


def test_equal_names_are_told_apart_by_a_number_and_none_takes_a_reserved_one(here: Path) -> None:
    given = [f"{here}/a/boats", "demo", f"{here}/b/Boats", f"{here}/demo", f"{here}/a/boats"]
    named = name_places(given, reserved=["demo"])
    assert named.names == ("boats", "demo", "Boats (2)", "demo (2)")
    assert dict(named.places) == {
        "boats": given[0],
        "Boats (2)": given[2],
        "demo (2)": given[3],
    }


def test_what_does_not_lie_here_stays_as_it_is(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here)
    named = name_places(["owner/name", "/nothing/here", "nul\0", "a/boats"])
    assert named.names == ("owner/name", "/nothing/here", "nul\0", "boats")
    assert dict(named.places) == {"boats": "a/boats"}
