"""The state of the network page stands in its address: whatever anybody writes there, the page lives on.

A real Chromium shows the page of the small build at one address after the other, mostly those that the page itself
writes, damaged as other inputs are. No error, no request, no loss: after each the page still counts what it shows, and
what it then writes as its address it reads back as the same. `KG_LONG=1` tries 100,000.
"""

from __future__ import annotations

import importlib.util
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import kg
from kg.stories import STATE_KEYS

if TYPE_CHECKING:
    from tests.reliability.conftest import Promise

pytestmark = pytest.mark.browser
CASES = 100_000 if os.environ.get("KG_LONG") else 600
AT_ONCE = 200
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-ipc-flooding-protection"]  # else Chromium drops addresses
SEEDS = (
    "sel=n:gustavo-petro&time=2025-10-01,2025-10-31&ego=donald-trump,2",
    "sel=e:us-treasury%7Crel:sanctioned%7Cgustavo-petro&hide=person&without=rel:sanctioned&facts=Alleged",
    "path=us-treasury,gustavo-petro,1&view=table&sort=label&at=12.5,-3.1,0.75&pins=gustavo-petro~10~-20,colombia~1~2",
    "asof=2025-10-10&voice=donald-trump&ties=1&loose=1&contested=1&undated=0&certain=1&lang=es&theme=dark&keys=0",
    "pairs=1&sel=p:gustavo-petro|donald-trump&story=1&feeds=gdelt",
    "sel=c:claim-petro-in-drug-trade",
    "sel=s:measure-sanctions-petro&asof=no",
    "sel=v:treasury-sanctions-petro&sel=b:a|b|c",
)
ODD = ("", "%", "%ff", "%00", "%E2%80%AE", "NaN", "1e999", "-1", "9" * 400, "<script>alert(1)</script>", "__proto__",
       "constructor", "toString", "n:", "e:", ",", ",,,", "~", "2025-02-30", "0000-00-00", "9999-99-99", "&", "=", "#",
       "javascript:alert(1)", "Infinity", "null", "x" * 3000, "|||", "\u202e", "\U0001f54a", "n:gustavo-petro",
       "2025-10-01", "0.5", "colombia", "donald-trump,gustavo-petro")  # fmt: skip
TRY = """([addresses, twice]) => {
  const wrong = [];
  const at = (hash) => {
    history.replaceState(null, "", "#" + hash);
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  };
  const written = () => {  // to and fro, so that the page writes its address
    document.getElementById("pairs-open").click();
    document.getElementById("pairs-open").click();
    return location.hash.slice(1);
  };
  for (const hash of addresses) {
    at(hash);
    if (!/\\d/.test(document.getElementById("tally").textContent)) wrong.push([hash, "counts nothing"]);
    if (!twice) continue;
    const once = written();
    at("");
    at(once);
    const again = written();
    if (again !== once) wrong.push([hash, once, again]);
  }
  return wrong;
}"""


def damaged(chance: random.Random) -> str:
    """An address that the page could have written, nearly."""
    parts = [part.partition("=")[::2] for part in chance.choice(SEEDS).split("&")]
    for _ in range(chance.choice((1, 1, 2, 4))):
        deed, place = chance.randrange(5), chance.randrange(len(parts))
        key, value = parts[place]
        cut = chance.randrange(len(value) + 1)
        if deed == 0:
            parts[place] = (key, chance.choice(ODD))
        elif deed == 1:
            parts[place] = (key, value[:cut] + chance.choice(ODD) + value[cut + chance.choice((0, 1, 5)) :])
        elif deed == 2:
            parts[place] = (chance.choice((*sorted(STATE_KEYS), *ODD)), value)
        elif deed == 3:
            parts += [part.partition("=")[::2] for part in chance.choice(SEEDS).split("&")]
        else:
            parts[place] = (key, value.replace(chance.choice(",:~|-%"), chance.choice(ODD)))
    text = "&".join(f"{key}={value}" for key, value in parts)
    return text if chance.random() < 0.9 else text[: chance.randrange(len(text) + 1)]


@pytest.fixture(scope="module")
def opened(small_build: Path, chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The page of the small build in a browser, with what it complains of and asks for."""
    if importlib.util.find_spec("playwright") is None:
        pytest.fail('No Playwright: pip install playwright, or -m "not browser".', pytrace=False)
    from playwright.sync_api import sync_playwright

    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(kg.open(small_build).view(), encoding="utf-8")
    heard: list[str] = []

    def dismissed(dialog: Any) -> None:
        heard.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium_path, args=FLAGS)
        page = browser.new_page(reduced_motion="reduce")
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
        page.on("dialog", dismissed)
        page.goto(file.as_uri())
        page.locator("html[data-ready=yes]").wait_for(state="attached")
        page.on("request", lambda request: heard.append(request.url))
        yield page, heard
        browser.close()


def test_no_address_breaks_the_page(opened: Any, promise: Promise) -> None:
    page, heard = opened
    chance = random.Random("addresses")
    tried = 0
    while tried < CASES:
        some = [damaged(chance) for _ in range(min(AT_ONCE, CASES - tried))]
        wrong = page.evaluate(TRY, [some, tried % (10 * AT_ONCE) == 0])
        assert wrong == [] and heard == [], f"{heard[:3]} after one of {some[:1000]}"
        tried += len(some)
    page.evaluate(TRY, [[SEEDS[0]], True])
    assert page.inner_text("#panel h2") == "Gustavo Petro", "the page no longer follows its address"
    promise("damaged addresses leave the network page whole", tried=tried, survived=tried)


def test_a_day_that_no_calendar_has_is_none(opened: Any) -> None:
    page, heard = opened
    page.evaluate(TRY, [["time=2025-02-30,2025-10-31&asof=2025-02-30&undated=0"], False])
    page.evaluate("() => document.getElementById('pairs-open').click()")
    written = page.evaluate("() => location.hash")
    page.evaluate("() => document.getElementById('pairs-open').click()")
    assert "02-30" not in written and "2025-10-31" in written and heard == []


@pytest.mark.parametrize("which", ["0.5", "-1", "Infinity", "1e-9", "99", "NaN", ""])
def test_a_path_that_is_no_whole_number_is_the_first(opened: Any, which: str) -> None:
    page, heard = opened
    assert page.evaluate(TRY, [[f"path=us-treasury,gustavo-petro,{which}&sel="], True]) == [] and heard == []
    page.evaluate(TRY, [[f"path=us-treasury,gustavo-petro,{which}&sel="], False])
    assert "path" in page.inner_text("#panel").lower()


def test_a_page_that_stumbles_is_seen(opened: Any) -> None:
    page, heard = opened
    page.evaluate("() => window.addEventListener('hashchange', () => { if (location.hash) JSON.parse('{'); })")
    with page.expect_event("pageerror"):
        page.evaluate(TRY, [["sel=n:gustavo-petro"], False])
    assert any("JSON" in said for said in heard)
