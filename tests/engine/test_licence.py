"""What a model's own files say of its licence, cut to what may be shown."""

from pathlib import Path

import pytest

from sdgui.engine.licence import LONGEST, licence_in, licence_said

pytestmark = pytest.mark.quick


@pytest.mark.parametrize(
    ("files", "licence"),
    [
        ({"README.md": "---\nlicense: mit\n---\n"}, "mit"),
        ({"README.md": "---\nlicense: other\nlicense_name: 'flux'\n---\n"}, "flux"),
        ({"README.md": "license: mit\n", "LICENSE.md": "x"}, "see LICENSE.md"),
        ({"README.md": "---\ntags: [a]\n---\nlicense: mit\n"}, None),
        ({"LICENCE-WEIGHTS": "x", "weights.txt": "y"}, "see LICENCE-WEIGHTS"),
        ({"COPYING": "x"}, "see COPYING"),
        ({"license" + 90 * "x": "y"}, "see license" + (LONGEST - 7) * "x"),
        ({}, None),
    ],
)
def test_of_a_folder(tmp_path: Path, files: dict[str, str], licence: str | None) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert licence_in(tmp_path) == licence


def test_of_a_folder_that_is_gone(tmp_path: Path) -> None:
    assert licence_in(tmp_path / "gone") is None


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ({"modelspec.license": "CreativeML Open RAIL++-M"}, "CreativeML Open RAIL++-M"),
        ({"general.license": "apache-2.0"}, "apache-2.0"),
        ({"modelspec.license": "\u202e<b>\n" + 500 * "x"}, "<b>" + (LONGEST - 3) * "x"),
        ({"modelspec.license": " \n"}, None),
        ({}, None),
    ],
)
def test_of_one_file(metadata: dict[str, str], licence: str | None) -> None:
    assert licence_said(metadata) == licence
