"""The page itself: network data, our template, script and style become one HTML text that needs no network.

The script runs only if its hash is the one in the page's own Content-Security-Policy, and that policy allows no
connection at all; data reach the page as JSON in which no character can close the element that holds it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from importlib import resources

from kg.records import Picture
from kg.stories import Story
from kg.view.layout import Point
from kg.view.model import Json, page_data

_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.S)
_PACKED = 500_000  # a browser unpacks the fifth that is left as fast as it reads the whole
_LARGE = 300  # lines from which the script comes that can also draw on a canvas; it does so above 600
_MARKUP = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def draw(
    picture: Picture,
    *,
    passages: Mapping[str, str] | None = None,
    story: Story | None = None,
    before: Mapping[str, Point] | None = None,
) -> str:
    """Draw a picture as one HTML page; `passages` holds source text by `<source>:<start>-<end>`, if it may be shown.

    A `story` is offered as a guided tour.

    `before` holds places of actors, as `places_in` reads them from an earlier page: those actors keep them.

    Raises:
        ValueError: the picture contradicts itself (see `network`).
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    script = _asset("assets", "large.js" if len(picture.edges) > _LARGE else "small.js")
    style = _asset("assets", "app.css")
    template = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(
        _asset("templates", "page.html")
    )
    return template.render(
        title=picture.title,
        policy=Markup(_policy(script, style)),
        script=Markup(script),
        style=Markup(style),
        data=Markup(_json(page_data(picture, passages, story, before=before))),
    )


def places_in(page: str) -> dict[str, Point]:
    """Read where the actors stand from a page that `draw` has made; empty if it is none."""
    found = _DATA.search(page)
    try:
        data = json.loads(found[1]) if found else {}
        if isinstance(data, str):
            data = json.loads(gzip.decompress(base64.b64decode(data)))
        return {node["id"]: (float(node["x"]), float(node["y"])) for node in data.get("nodes", ())}
    except (ValueError, TypeError, KeyError, AttributeError, EOFError, OSError, zlib.error):
        return {}


def _asset(folder: str, name: str) -> str:
    text = resources.files("kg.view").joinpath(folder, name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")  # a browser does so before it computes the hash


def _policy(script: str, style: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(script)}'",
            f"style-src '{_digest(style)}'",
            "img-src data: blob:",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(value: Json) -> str:
    """JSON that can close no element; more than `_PACKED` bytes of it are packed into one text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if len(text) > _PACKED:
        return f'"{base64.b64encode(gzip.compress(text.encode(), 5, mtime=0)).decode()}"'
    for character, escape in _MARKUP.items():
        text = text.replace(character, escape)
    return text
