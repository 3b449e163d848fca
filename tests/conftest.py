"""Which tests are quick: those that need neither a model nor a browser."""

from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent
WITH_A_MODEL = ("bench", "demo", "engine", "test_api.py", "test_app.py", "test_readme.py")
WITH_A_BROWSER = ("browser",)

# How long an example takes says nothing here.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs a browser, and as quick what needs no model either."""
    for item in items:
        place = item.path.relative_to(HERE).parts[0]
        if place in WITH_A_BROWSER:
            item.add_marker(pytest.mark.browser)
        elif place not in WITH_A_MODEL:
            item.add_marker(pytest.mark.quick)
