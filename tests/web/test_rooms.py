"""What is served of the rooms: scripts, styles and pictures, and nothing else that lies there."""

import re

import pytest

from sdgui.web.rooms import ROOT, served_files
from tests.web.conftest import Site

FILES = served_files()


@pytest.mark.parametrize("file", FILES)
def test_our_files_are_served_and_never_stale(site: Site, file: str) -> None:
    reply = site.visitor().get(f"/sdgui/{file}")
    assert reply.content == FILES[file].read_bytes()
    assert reply.headers["cache-control"] == "no-cache" and reply.headers["etag"]


def test_no_python_is_served(site: Site) -> None:
    visitor = site.visitor()
    there = [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.*")
        if path.suffix in {".py", ".ts", ".html"}
    ]
    assert "dream/begin.py" in there
    assert {visitor.get(f"/sdgui/{path}").status_code for path in there} == {404}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "dream",
        "dream/",
        "shared/../page.py",
        "..%2fweb%2fpage.py",
        "shared/%2e%2e/page.py",
        "%2e%2e/samplers.py",
        "../samplers.py",
        "shared/%5c..%5cpage.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "main.js%00.png",
        "__pycache__",
    ],
)
def test_no_way_leads_out_of_the_rooms(site: Site, path: str) -> None:
    assert site.visitor().get(f"/sdgui/{path}").status_code == 404


def test_scripts_never_make_html_of_text() -> None:
    for name, file in FILES.items():
        if name.endswith(".js"):
            code = file.read_text(encoding="utf-8")
            unsafe = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\("
            assert not re.search(unsafe, code), name


def test_every_style_is_asked_for(site: Site) -> None:
    html = site.visitor().get("/").text
    styles = [name for name in FILES if name.endswith(".css")]
    assert sorted(re.findall(r'href=\\?"sdgui/([\w/-]+\.css)', html)) == sorted(styles)
