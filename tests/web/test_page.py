"""The page's document."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from sdgui.web import page as page_module
from sdgui.web.dream.capability import DREAM
from sdgui.web.page import make_head, page_facts
from tests.studio.conftest import ManyModels, OneModel
from tests.web.conftest import Site, open_site


def test_the_script_knows_the_model_and_no_example_can_end_it() -> None:
    models = OneModel()
    models.info = replace(models.info, examples=("</script><script>alert(1)</script>",))
    head = make_head(models)
    assert head.lower().count("</script>") == head.count("<script") == 3
    facts = re.search(r"window\.sdguiFacts = (\{.*?\});</script>", head)
    assert facts is not None
    assert json.loads(facts[1])["models"]["demo"]["examples"] == list(models.info.examples)


def test_the_page_asks_nobody_else_for_style_or_script(site: Site) -> None:
    html = site.visitor().get("/").text
    assert re.findall(r"<(?:script|link)[^>]*(?:src|href)=\"https?:", html) == []
    theme = site.visitor().get("/theme.css").text
    assert "@import" not in theme and "https://" not in theme
    assert "#3b82f6" not in theme  # Gradio's blue


def test_the_script_knows_the_axes_and_which_samplers_keep_the_composition() -> None:
    facts = re.search(r"window\.sdguiFacts = (\{.*?\});</script>", make_head(OneModel()))
    assert facts is not None
    told = json.loads(facts[1])
    assert list(told["compare"]["axes"])[:3] == ["Seed", "Steps", "Cfg scale"]
    assert "a range: 1-10" in told["compare"]["axes"]["Seed"]
    steady = told["models"]["demo"]["steady"]
    assert "Euler" in steady and "Euler a" not in steady and "LCM" not in steady


def test_what_the_scripts_look_for_is_on_the_page(site: Site) -> None:
    config = json.dumps(site.visitor().get("/config").json())
    ids = (
        *("gallery-block", "compare-mode", "compare-block", "settings", "pair-block"),
        *("wall-settings", "wall-count", "draft", "draft-steps"),
        *("variation-settings", "vary-by", "vary-count", "vary-strength", "vary-strengths"),
        *("vary-seed", "grid-settings", "x-axis", "x-values", "y-axis", "y-values"),
        *("prompt", "dream-button", "seam"),
    )
    assert [name for name in ids if f'"elem_id": "{name}"' not in config] == []
    for name in ("tab-dream", "tab-compare", "compare", "pair", "tray", "plan"):
        assert f'id=\\"{name}\\"' in config


def test_a_first_model_without_a_negative_prompt_leaves_the_field_to_all_others(
    tmp_path: Path,
) -> None:
    models = ManyModels("other")
    models.infos["demo"] = replace(models.infos["demo"], negative_prompt=False)
    with open_site(tmp_path, models=models) as site:
        components = site.visitor().get("/config").json()["components"]
    field = next(c for c in components if c["props"].get("elem_id") == "negative-prompt")
    assert field["props"]["visible"] is True


def test_a_capability_is_one_line_where_it_is_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "CAPABILITIES", (DREAM,))
    with open_site(tmp_path) as site:
        visitor = site.visitor()
        assert "compare-block" not in visitor.get("/config").text
        assert visitor.get("/sheets").status_code == 404
        assert visitor.get("/dreams").status_code == 200
    facts = page_facts(OneModel())
    assert facts["capabilities"] == ["dream"] and "compare" not in facts
