"""The page runs the scripts that the server wrote into it, and no others."""

import pytest

from sdgui.web.doors.page_policy import hashes_of, policy_of, source_of
from tests.web.conftest import Site

pytestmark = pytest.mark.quick


def test_scripts_that_stand_in_the_document_are_named_and_fetched_ones_are_not() -> None:
    page = (
        '<script>one()</script><SCRIPT type="module">\r\ntwo()\r\n</SCRIPT>'
        '<script type="module" src="/x.js"></script><script>one()</script>'
    )
    assert hashes_of(page) == [source_of("one()"), source_of("\ntwo()\n")]


def test_scripts_of_the_head_that_gradio_s_script_puts_there_are_named() -> None:
    config = r'window.gradio_config = {"head": "\u003cscript>three()\u003c/script>"};'
    assert source_of("three()") in hashes_of(f"<script>{config}</script>")
    assert hashes_of("<script>window.gradio_config = {;</script>") == [
        source_of("window.gradio_config = {;")
    ]


def test_a_source_is_what_the_standard_says() -> None:
    """The example of https://www.w3.org/TR/CSP3/#external-hash and of MDN."""
    said = "alert('Hello, world.');"
    assert source_of(said) == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


def test_the_page_s_policy_names_each_of_its_scripts_and_lets_nothing_else_in(site: Site) -> None:
    page = site.visitor().get("/")
    policy = page.headers["content-security-policy"]
    assert policy == policy_of(hashes_of(page.text))
    assert policy.count("'sha256-") > 5
    sources = dict(one.split(" ", 1) for one in policy.split("; "))
    assert sources["default-src"] == sources["script-src-attr"] == "'none'"
    assert sources["connect-src"] == "'self'" and "unsafe-inline" not in sources["script-src"]


def test_nothing_of_an_address_gets_into_the_page(site: Site) -> None:
    client = site.visitor()
    asked = {
        "prompt": "<script>alert(1)</script>",
        "deep_link": "../x",
        "__theme": "x",
        "view": "api",
    }
    assert client.get("/", params=asked).text == client.get("/").text


def test_what_a_program_is_told_of_our_endpoints_names_nobody_s_address(site: Site) -> None:
    client = site.visitor()
    elsewhere = {
        "x-gradio-server": "http://elsewhere.example",
    }
    assert "elsewhere.example" not in client.get("/gradio_api/info", headers=elsewhere).text
    assert "elsewhere.example" not in client.get("/").text


def test_who_runs_no_scripts_reads_that_the_page_needs_them(site: Site) -> None:
    with site.client() as client:
        page = client.get("/")
    assert page.text.count("<noscript><main") == 1
    assert page.text.index("<body") < page.text.index("sdgui needs JavaScript here")
    assert int(page.headers["content-length"]) == len(page.content)
