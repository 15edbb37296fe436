"""An SVG file in, an SVG element out that a page may hold whose policy allows no style but its own."""

from __future__ import annotations

import re
from html import escape, unescape

_LEFT_OUT = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<style[^>]*>.*?</style>|<!--.*?-->", re.S)
_STYLE = re.compile(r'\sstyle="([^"]*)"')
_ROOT = re.compile(r"<svg\b([^>]*)>")


def inline(svg: str) -> str:
    """Turn style attributes into the attributes that say the same, and leave out what only a file of its own needs.

    >>> inline('<svg width="9pt" viewBox="0 0 9 9"><path style="fill: none; stroke: #000000"/></svg>')
    '<svg viewBox="0 0 9 9" stroke-linejoin="round"><path fill="none" stroke="#000000"/></svg>'
    """
    text = _LEFT_OUT.sub("", svg).replace("xlink:href", "href")
    text = _ROOT.sub(_root, text, count=1)
    return re.sub(r">\s+<", "><", _STYLE.sub(_attributes, text)).strip()


def _root(match: re.Match[str]) -> str:
    kept = re.sub(r'\s(?:width|height|xmlns:xlink|version)="[^"]*"', "", match[1])
    return f'<svg{kept} stroke-linejoin="round">'


def _attributes(match: re.Match[str]) -> str:
    pairs = (part.partition(":") for part in unescape(match[1]).split(";"))
    told = {name.strip(): value.strip() for name, _, value in pairs if value.strip()}
    if "font-family" in told:
        told["font-family"] = "sans-serif"
    return "".join(f' {name}="{escape(value)}"' for name, value in told.items())
