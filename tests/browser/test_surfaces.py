"""Quad classes are told apart without colour: on the screen, in the dark, on paper and in what is taken away."""

from __future__ import annotations

import base64
from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_instrument import menu
from tests.browser.test_page import settle

Open = Callable[..., Any]
Grey = list[list[float]]

GREY = """async ([data, left, top, width, height]) => {
  const image = new Image(); image.src = 'data:image/png;base64,' + data; await image.decode();
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
  [canvas.width, canvas.height] = [width || image.width, height || image.height];
  pen.drawImage(image, -left, -top);
  const all = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  return Array.from({ length: canvas.height }, (_, y) => Array.from({ length: canvas.width }, (_, x) => {
    const i = 4 * (y * canvas.width + x); return 0.299 * all[i] + 0.587 * all[i + 1] + 0.114 * all[i + 2]; })); }"""


def greys(page: Any, png: bytes, left: float = 0, top: float = 0, width: float = 0, height: float = 0) -> Grey:
    """A part of a picture (all of it without one) as rows of grey from 0 to 255."""
    box = [round(n) for n in (left, top, width, height)]
    return list(page.evaluate(GREY, [base64.b64encode(png).decode(), *box]))


def look(grey: Grey) -> tuple[float, float, float]:
    """How light the middle of a sample is, how much it varies, and how much more along one slant than the other."""
    edge = max(1, len(grey) // 4)
    inner = [row[edge:-edge] for row in grey[edge:-edge]]
    flat = [value for row in inner for value in row]
    mean = sum(flat) / len(flat)
    varies = (sum((value - mean) ** 2 for value in flat) / len(flat)) ** 0.5
    falls = sum(abs(a - b) for one, two in pairwise(inner) for a, b in zip(one, two[1:], strict=False))
    rises = sum(abs(a - b) for one, two in pairwise(inner) for a, b in zip(one[1:], two, strict=False))
    return mean, varies, (falls + 1) / (rises + 1)


def told_apart(one: Grey, two: Grey) -> bool:
    """Is one clearly darker, plain where the other has marks, or slanted where the other is not?"""
    (mean, varies, slant), (other_mean, other_varies, other_slant) = look(one), look(two)
    plain = min(varies, other_varies) < 2 and max(varies, other_varies) > 12
    return abs(mean - other_mean) > 14 or plain or max(slant, other_slant) > 2 * min(slant, other_slant)


def all_told_apart(samples: dict[int, Grey]) -> None:
    assert len(samples) >= 4
    for a, b in combinations(samples, 2):
        assert told_apart(samples[a], samples[b]), (a, look(samples[a]), b, look(samples[b]))


def shots(page: Any, within: str, quads: range) -> dict[int, Grey]:
    """The samples of a key as they are seen."""
    return {
        quad: greys(page, page.locator(f'{within} rect[fill="url(#surface-{quad})"]').first.screenshot())
        for quad in quads
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_legend_tells_quad_classes_apart_in_grey(open_page: Open, whole: Path, theme: str) -> None:
    page = open_page(f"theme={theme}", file=whole, device_scale_factor=3)
    all_told_apart(shots(page, ".quads", range(5)))


@pytest.mark.parametrize("pen", ["svg", "canvas"])
def test_bars_blocks_and_rows_have_the_surface_of_the_legend(open_page: Open, whole: Path, pen: str) -> None:
    class Drawn:
        def as_uri(self) -> str:
            return f"{whole.as_uri()}?draw={pen}"

    page = open_page("pairs=1&view=table", file=Drawn())
    found = page.evaluate(
        """() => [...document.querySelectorAll('.histogram rect, #pairs .block, #table .swatch rect')].map((rect) =>
        [rect.closest('.q0, .q1, .q2, .q3, .q4').getAttribute('class').match(/q(\\d)/)[1], rect.getAttribute('fill'),
         getComputedStyle(rect).fill])"""
    )
    assert len(found) > 150
    for quad, fill, seen in found:
        assert fill == f"url(#surface-{quad})" and fill.strip("url()") in seen


def test_on_paper_the_chart_of_pairs_tells_them_apart_in_grey(open_page: Open, whole: Path) -> None:
    page = open_page("pairs=1&theme=dark", file=whole, device_scale_factor=3)
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    settle(page)
    all_told_apart(shots(page, ".print-pairs", range(1, 5)))


def test_drawings_taken_away_tell_them_apart_in_grey(open_page: Open, whole: Path, tmp_path: Path) -> None:
    page = open_page("pairs=1", file=whole)
    files = {}
    for words, ending in (("SVG drawing", "svg"), ("PNG image", "png")):
        with page.expect_download() as got:
            menu(page, words)
        files[ending] = tmp_path / f"drawing.{ending}"
        got.value.save_as(files[ending])
    drawing = page.context.new_page()
    drawing.set_content(files["svg"].read_text(encoding="utf-8"))
    boxes = {}
    for quad in range(1, 5):
        boxes[quad] = drawing.locator(f'rect[fill="url(#surface-{quad})"]').first.bounding_box()
        assert boxes[quad] and boxes[quad]["width"] > 20
    seen = drawing.screenshot(full_page=True)
    corner = drawing.locator("svg").first.bounding_box()
    for picture, size, x, y in ((seen, 1, 0, 0), (files["png"].read_bytes(), 2, corner["x"], corner["y"])):
        all_told_apart(
            {
                quad: greys(page, picture, size * (box["x"] - x), size * (box["y"] - y),
                            size * box["width"], size * box["height"])
                for quad, box in boxes.items()
            }
        )  # fmt: skip
