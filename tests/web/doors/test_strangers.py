"""What is shown to strangers: exactly these paths, and only to be read."""

import pytest

from sdgui.web.doors.strangers import for_strangers, nothing_for_strangers


@pytest.mark.parametrize(
    ("path", "method", "root", "shown"),
    [
        ("/d/abc", "GET", "", True),
        ("/d/abc", "HEAD", "", True),
        ("/d/abc", "POST", "", False),
        ("/sd/d/abc", "GET", "/sd", True),
        ("/d/abc", "GET", "/sd", True),  # a proxy that takes the root path away
        ("/sdd/abc", "GET", "/sd", False),
        ("/d/abc/", "GET", "", False),
        ("/d/abc\n", "GET", "", False),
        ("/x/d/abc", "GET", "", False),
        ("/d/../picture", "GET", "", False),
    ],
)
def test_only_these_paths_are_read_by_strangers(
    path: str, method: str, root: str, shown: bool
) -> None:
    scope = {"type": "http", "method": method, "path": path, "root_path": root}
    assert for_strangers([r"/d/[a-z]+"])(scope) is shown
    assert not nothing_for_strangers(scope)


def test_what_they_tell_is_posted_to_by_strangers_alone_there() -> None:
    is_shown = for_strangers([r"/d/[a-z]+"], [r"/d/[a-z]+/marks"])
    for method, path, shown in (
        *(("POST", "/d/abc/marks", True), ("GET", "/d/abc/marks", False)),
        *(("POST", "/d/abc", False), ("GET", "/d/abc", True), ("PUT", "/d/abc/marks", False)),
    ):
        scope = {"type": "http", "method": method, "path": path, "root_path": ""}
        assert is_shown(scope) is shown, (method, path)


def test_no_other_way_of_talking_is_for_strangers() -> None:
    scope = {"type": "websocket", "path": "/d/abc", "root_path": ""}
    assert not for_strangers([r"/d/[a-z]+"])(scope)
