"""Network pages by size, beside plain pyvis on the same graph in the same run: python -m tests.bench.view [sizes].

Size of the file, time to build it, time until it is drawn and takes input, frames a second while zooming, a step of the
time range and of a filter (the first one, in script time of the processor, and the 95th percentile of the work of
one step), drift of actors when an event goes, with the
page before (warm) and without (cold), and the load of the machine meanwhile. pyvis is as it comes, with its library
inside and its loads from elsewhere refused; "ready" is its first stabilised drawing. Every run is bounded; what takes
longer is told as more.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from dataclasses import replace
from math import hypot
from pathlib import Path
from statistics import median
from typing import Any

from kg.records import Picture
from kg.view import draw, places_in
from tests.bench.pictures import synthetic
from tests.browser.conftest import FLAGS
from tests.conftest import chromium

LIMIT = 30_000
FRAMES = """async (host) => {
  const canvas = document.querySelector(host), box = canvas.getBoundingClientRect();
  let n = 0, on = true; const tick = () => { n++; if (on) requestAnimationFrame(tick); }; requestAnimationFrame(tick);
  const from = performance.now();
  for (let i = 0; performance.now() - from < 2000; i++) {
    canvas.dispatchEvent(new WheelEvent("wheel", {deltaY: i % 40 < 20 ? -40 : 40, bubbles: true, cancelable: true,
      clientX: box.left + box.width / 2, clientY: box.top + box.height / 2}));
    await new Promise((go) => setTimeout(go, 16));
  }
  on = false; return n * 1000 / (performance.now() - from);
}"""
STEPS = """async (what) => {
  const handle = document.querySelectorAll(".handle")[1], took = [];
  const boxes = [...document.querySelectorAll("#filters input[type=checkbox]")];
  for (let i = 0; i < 40; i++) {
    const from = performance.now();
    if (what === "filter") boxes[1 + (i >> 1) % 8].click();
    else handle.dispatchEvent(
      new KeyboardEvent("keydown", {key: i % 20 < 10 ? "ArrowLeft" : "ArrowRight", bubbles: true}));
    took.push(performance.now() - from);
    await new Promise((go) => setTimeout(go, 100));
  }
  return took.sort((a, b) => a - b)[37];
}"""
FIRST = "() => document.querySelectorAll('#filters input[type=checkbox]')[1].click()"
READY = "performance.getEntriesByName('drawn')[0]?.startTime"


def plain(picture: Picture) -> str:
    """The page that pyvis itself makes, without what it loads from elsewhere."""
    from pyvis.network import Network

    net = Network(directed=True, cdn_resources="in_line")
    for actor in picture.entities.values():
        net.add_node(actor.id, label=actor.label)
    for edge in picture.edges:
        net.add_edge(edge.subject, edge.object, label=edge.label)
    return re.sub(r"<(link|script)[^>]*(href|src)=.https[^>]*>(</script>)?", "", str(net.generate_html()))


def measured(browser: Any, file: Path, ours: bool) -> list[str]:
    """Ready, frames, steps of time and filter, the first filter."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(LIMIT)
    try:
        page.goto(file.as_uri(), wait_until="commit")
        if ours:
            page.wait_for_selector("html[data-ready=yes]")
        else:
            page.wait_for_function("() => typeof network !== 'undefined' && network.body.view")
            page.evaluate("() => new Promise((go) => network.once('stabilizationIterationsDone', go))")
        now = page.evaluate("performance.now()")
        page.wait_for_timeout(2500)
        first = f"{script(page, FIRST):.1f}" if ours else "-"
        if ours:
            page.evaluate(FIRST)  # the other way again
        ready = f"{(page.evaluate(READY) if ours else now) / 1000:.2f}"
        host = "#canvas > .network" if ours else "#mynetwork canvas"
        frames = f"{page.evaluate(FRAMES, host):.0f}"
        steps = [f"{page.evaluate(STEPS, what):.1f}" for what in ("time", "filter")] if ours else ["-", "-"]
        return [ready, frames, *steps, first]
    except Exception as error:  # noqa: BLE001 - a peer that does not finish is a finding
        return [f">{LIMIT // 1000} ({type(error).__name__})", "-", "-", "-", "-"]
    finally:
        page.close()


def script(page: Any, act: str) -> float:
    """Milliseconds of the processor that scripts take for an act."""
    told = page.context.new_cdp_session(page)
    told.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = told.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(each["value"] for each in metrics if each["name"] == "ScriptDuration"))

    before = spent()
    page.evaluate(act)
    return spent() - before


def drift(picture: Picture, page: str, warm: bool) -> float:
    """Median move of an actor, as a share of the diagonal, between two builds that differ by one event."""
    gone = next(iter(picture.events))
    before = places_in(page)
    edges = tuple(e for e in picture.edges if gone not in e.because)
    after = places_in(draw(replace(picture, edges=edges), before=before if warm else None))
    across = hypot(*(max(p[i] for p in before.values()) - min(p[i] for p in before.values()) for i in (0, 1)))
    return median(hypot(after[key][0] - x, after[key][1] - y) for key, (x, y) in before.items()) / across


def main(sizes: list[int]) -> None:
    """Print a row for each page."""
    from playwright.sync_api import sync_playwright

    path = chromium()  # before Playwright runs, since it may ask Playwright itself

    print(f"{'nodes':>7} {'page':8} {'MB':>6} {'build s':>8} {'cpu s':>6} {'ready s':>18} {'fps':>4} {'time ms':>8} "
          f"{'filter ms':>9} {'first':>6} {'warm':>6} {'cold':>6}  load")  # fmt: skip
    with sync_playwright() as p, tempfile.TemporaryDirectory() as folder:
        browser = p.chromium.launch(executable_path=path, args=FLAGS)
        for size in sizes:
            picture = synthetic(size, 3 * size)
            for name, make in (("DiploKG", draw), ("pyvis", plain)):
                if name == "pyvis" and size > 2000:
                    continue  # minutes: see the text above
                began, cpu = time.perf_counter(), time.process_time()
                page = make(picture)
                took, work = time.perf_counter() - began, time.process_time() - cpu
                file = Path(folder) / f"{name}-{size}.html"
                file.write_text(page, encoding="utf-8")
                ready, frames, step, filtered, first = measured(browser, file, name == "DiploKG")
                moved = [f"{drift(picture, page, warm):.2%}" if name == "DiploKG" else "-" for warm in (True, False)]
                print(f"{size:>7} {name:8} {len(page.encode()) / 1e6:>6.2f} {took:>8.2f} {work:>6.2f} {ready:>18} "
                      f"{frames:>4} {step:>8} {filtered:>9} {first:>6} {moved[0]:>6} {moved[1]:>6}  "
                      f"{os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
        browser.close()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100, 500, 2000, 10_000, 50_000])
