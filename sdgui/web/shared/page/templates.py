"""HTML by hand, as Jinja templates beside their room; whatever goes into one is escaped."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sdgui.web.rooms import ROOT

_TEMPLATES = Environment(
    loader=FileSystemLoader(ROOT), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_TEMPLATES.policies["json.dumps_kwargs"] = {"sort_keys": False}  # axes have an order


def render(template: str, **values: object) -> str:
    """The HTML of a template, named by its path below the rooms ("shared/page/header.html")."""
    return _TEMPLATES.get_template(template).render(**values)
