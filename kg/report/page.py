"""Templates in, one HTML file out: no script, no outside address, its style allowed by its hash."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import Any

from kg import __version__


def render(template: str, **context: Any) -> str:
    """Fill a template of `kg/report/templates` and give the page, ready for a disk without a network."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(_asset),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = _asset("report.css")
    return environment.get_template(template).render(
        style=Markup(style), policy=_policy(style), version=__version__, **context
    )


def _asset(name: str) -> str:
    text = resources.files("kg.report").joinpath("templates", name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")  # a browser does so before it computes the hash


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
