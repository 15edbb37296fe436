"""Templates in, pages out: one style and one small script, both inside the page and named in its policy by hash."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.responses import Response

from kg import __version__, dates
from kg.errors import DateError
from kg.terms import BASE, ID, compact, local_name

_MARKUP = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_PAGES_OF = (("https://w3id.org/diplokg/ns#", "/ns#"), ("https://w3id.org/diplokg/rel#", "/rel#"),
             ("https://w3id.org/diplokg/plover#", "/plover#"))  # fmt: skip


class Renderer:
    """Renders templates with the house style, and knows the policy under which they may run."""

    def __init__(self) -> None:
        self.style = tokens() + asset("site.css")
        self.script = asset("site.js")
        self._templates = Environment(
            loader=PackageLoader("kg.web", "templates"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            say=say, days=days, iso=iso, curie=compact, local=local_name, address=address, data=data
        )
        self._templates.globals.update(
            style=Markup(self.style), script=Markup(self.script), version=__version__, ID=ID, BASE=BASE
        )
        self.policy = policy(f"'{digest(self.script)}'", f"'{digest(self.style)}'")

    def warm(self) -> None:
        """Compile the templates now, not when the first visitor comes."""
        for name in self._templates.list_templates():
            self._templates.get_template(name)

    def text(self, template: str, **context: Any) -> str:
        """Render a template as text."""
        return self._templates.get_template(template).render(**context)

    def page(self, template: str, status: int = 200, headers: dict[str, str] | None = None, **context: Any) -> Response:
        """Render a template as a page under the house policy."""
        shown = {"content-security-policy": self.policy, **(headers or {})}
        return Response(self.text(template, **context), status, shown, "text/html; charset=utf-8")


def policy(script: str, style: str, **more: str) -> str:
    """The Content-Security-Policy of a page: nothing but what is named here."""
    found = {
        "default-src": "'none'", "script-src": script, "style-src": style, "img-src": "'self' data:",
        "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip
    return "; ".join(f"{name} {value}" for name, value in found.items())


def digest(text: str) -> str:
    """The hash by which a policy names an inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def asset(name: str, package: str = "kg.web", folder: str = "static") -> str:
    """Read a file of the package, with the line ends that a browser hashes."""
    return resources.files(package).joinpath(folder, name).read_text(encoding="utf-8").replace("\r\n", "\n")


def tokens() -> str:
    """The colours and measures of the network page, for both to look alike; dark without a script, never on paper."""
    found = re.findall(
        r":root(?:\[data-theme=\"dark\"\])? \{.*?\n\}\n", asset("app.css", "kg.view", "assets"), re.DOTALL
    )
    light, dark = found[:2]
    body = dark[dark.index("{") :]
    by_system = f'@media screen and (prefers-color-scheme: dark) {{\n:root:not([data-theme="light"]) {body}}}\n'
    return f"{light}@media screen {{\n{dark}}}\n{by_system}"


def days(text: str) -> str:
    """Say the ISO days that stand in a text in words.

    >>> days("2025-10-03 to 2025-10-31")
    '3 October 2025 to 31 October 2025'
    """
    return re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", lambda found: say(found[0]), text)


def data(value: Any) -> Markup:
    """Write a value as JSON that no character can end early."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escape in _MARKUP.items():
        text = text.replace(character, escape)
    return Markup(text)


@lru_cache(maxsize=4096)
def say(edtf: str) -> str:
    """Say a date in words; what cannot be read stays as it is.

    >>> say("2025-10"), say("")
    ('October 2025', '')
    """
    try:
        return dates.show(dates.parse(edtf)) if edtf else ""
    except DateError:
        return edtf


def iso(day: date | str | None) -> str:
    """An ISO day, or nothing."""
    return "" if day is None else str(day)


def address(iri: str) -> str:
    """Where a link to an IRI leads: a page here, a web page elsewhere, or nowhere.

    >>> address("https://w3id.org/diplokg/id/gustavo-petro"), address("javascript:alert(1)")
    ('/id/gustavo-petro', '')
    """
    if iri.startswith(ID):
        return f"/id/{iri[len(ID) :]}" if re.fullmatch(r"[a-z0-9-]+", iri[len(ID) :]) else ""
    for start, page in _PAGES_OF:
        if iri.startswith(start):
            return page + re.sub(r"[^\w-]", "", iri[len(start) :])
    return iri if re.match(r"https?://[\w.-]+", iri) else ""
