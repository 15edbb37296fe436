"""A real Chromium on pages that `kg.view` has written; every page is watched for requests and errors.

Two pictures: `small` is written by hand below from facts of the first dossier, so that a test can name what it expects;
`whole` is the bundled dossier. A page that asks the network for anything, or reports an error, fails its test at the
end whatever else the test is about.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import pytest

from kg.records import (
    Batch,
    ClaimRecord,
    Document,
    EdgeRecord,
    EntityRecord,
    EventRecord,
    Evidence,
    Picture,
    StateRecord,
    Voice,
)
from kg.stories import Step, Story
from kg.view import draw

SOURCE = "cnn-2026-02-us-colombia-feud"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder as needing a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Opened:
    """A page with what it asked for and complained about."""

    page: Any
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", self._refuse)

    def _refuse(self, dialog: Any) -> None:
        self.errors.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self.requests.append(url)


Open = Callable[..., Any]


@pytest.fixture(scope="module")  # not longer: a second Playwright of the same process would refuse to start
def browser(chromium_path: str) -> Iterator[Any]:
    try:
        from playwright import sync_api
    except ImportError:
        pytest.fail('No Playwright: pip install playwright, or -m "not browser".', pytrace=False)
    with sync_api.sync_playwright() as p:
        running = p.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "small.html").write_text(draw(small_picture()), encoding="utf-8")
    (folder / "hostile.html").write_text(draw(hostile_picture()), encoding="utf-8")
    (folder / "told.html").write_text(draw(small_picture(), story=SMALL_STORY), encoding="utf-8")
    spoken = {f"{SOURCE}:2235-2458": "Words <b>of</b> the source."}
    (folder / "spoken.html").write_text(draw(small_picture(), passages=spoken), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def hostile(pages: Path) -> Path:
    """A page with a payload in every text."""
    return pages / "hostile.html"


@pytest.fixture(scope="session")
def spoken(pages: Path) -> Path:
    """A page that was made with one passage of the source."""
    return pages / "spoken.html"


@pytest.fixture(scope="session")
def whole(built: Path, pages: Path) -> Path:
    """The page of the bundled dossier."""
    import kg
    from kg import describe, stories

    file = pages / "whole.html"
    picture = describe.picture(kg.open(built).store)
    file.write_text(draw(picture, story=stories.belonging(picture.sources)), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def told(pages: Path) -> Path:
    """The small page with a story of three steps."""
    return pages / "told.html"


@pytest.fixture(scope="session")
def wall(pages: Path) -> Path:
    """A page on which each of two hundred payloads stands in every field of text."""
    file = pages / "wall.html"
    texts = hostile_texts()
    file.write_text(draw(hostile_wall(texts), story=hostile_story(texts)), encoding="utf-8")
    return file


@pytest.fixture
def open_page(browser: Any, pages: Path) -> Iterator[Open]:
    """Open a page (the small one by default) at an address; fails at the end on any request or error."""
    opened: list[Opened] = []

    def go(at: str = "", file: Path | None = None, width: int = 1440, height: int = 900, **options: Any) -> Any:
        options = {"reduced_motion": "reduce", **options}
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        page = context.new_page()
        opened.append(Opened(page))
        opened[-1].watch()
        page.goto((file or pages / "small.html").as_uri() + (f"#{at}" if at else ""))
        page.wait_for_selector("html[data-ready=yes]")
        settle(page)
        return page

    yield go
    for each in opened:
        each.page.context.close()
    assert [each.requests for each in opened if each.requests] == []
    assert [each.errors for each in opened if each.errors] == []


def settle(page: Any) -> None:
    """Wait until the page has drawn what it was told."""
    page.evaluate("() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => go())))")


def hostile_texts() -> list[str]:
    """The payloads of `hostile.json`."""
    corpus = json.loads((Path(__file__).parent / "hostile.json").read_text(encoding="utf-8"))
    return [wrapper.replace("{}", word) for word in corpus["words"] for wrapper in corpus["wrappers"]]


def hostile_picture() -> Picture:
    """The small picture with another payload in every field of text that can reach a page, ids included."""
    return Poison(hostile_texts()).picture(small_picture())


def hostile_wall(texts: list[str]) -> Picture:
    """As many actors, events, claims, states and sources as payloads; all fields of the n-th hold the n-th payload."""
    entities, events, claims, states, edges, sources, documents, feeds = {}, {}, {}, {}, [], {}, {}, {}
    for number, text in enumerate(texts):
        x, last = f"{text} {number}", f"{texts[number - 1]} {(number - 1) % len(texts)}"
        fed = number % 3 == 0  # by a feed: no passage, but an address
        proof = (Evidence(x, 0 if fed else 1, 2, 3, text, x, text, text, x, text, text if fed else ""),)
        voice = Voice(x, text, (x,), (text,), text)
        entities[x] = EntityRecord(x, x, text, text, ((text, text), ("es", text)), (text,), text, (last,), text, proof)
        events[x] = EventRecord(
            x, text, text, text, "Alleged" if number % 5 == 0 else "Actual", (x,), (last,), (x,), (x,), (last,), text,
            "2025-01-01", "2025-01-31", text, text, note=text, scheme=text, cameo=text, plover=text,
            quad_class=number % 5, asserts=(x,), denies=(last,), proposes=(last,), proposed_by=(x,),
            responds_to=(last,), answered_by=(x,),
            part_of=(last,), evidence=proof, voiced_by=(x,), denied_by=(last,),
        )  # fmt: skip
        claims[x] = ClaimRecord(x, text, text, (x,), (voice,), (voice,), (last,), (x,), proof)
        states[x] = StateRecord(
            x, ("measure", "tenure", "tie")[number % 3], text, text, (x,), (last,), started_by=x, ended_by=last,
            evidence=proof,
        )  # fmt: skip
        edges.append(EdgeRecord(x, x, text, text, last, "Contested", 1, text, text, number % 5, bool(number % 2), (x,)))
        sources[x] = text
        documents[x] = Document(text, text, text, text, text)
        if fed:
            feeds[x] = Batch(x, text, bool(number % 2))
    return Picture(
        texts[0], entities, tuple(edges), events, claims, states, sources, texts[1], texts[3], documents, feeds
    )


def hostile_story(texts: list[str]) -> Story:
    return Story(texts[1], texts[2], texts[3], (), tuple(Step(*[text] * 5) for text in texts), texts[4])


def data_of(page: Any) -> Any:
    """The data of a page, unpacked if they are packed."""
    data = json.loads(page.text_content("#data"))
    return json.loads(gzip.decompress(base64.b64decode(data))) if isinstance(data, str) else data


def fed_picture() -> Picture:
    """The small picture and two acts that a feed has coded: one on a line of its own, one on a curated line."""
    small = small_picture()
    proof = (
        Evidence("gdelt-import-1", 0, 0, 0, "", "gdelt-source-wire", "Import", "wire", where="https://example.org/a"),
    )
    coded = [
        event("gdelt-1", "COL – Consult – USA", "meeting", 1, "colombia", "donald-trump", evidence=proof,
              edtf="2025-05-05", earliest="2025-05-05", latest="2025-05-05"),
        event("gdelt-2", "USA – Decertify – COL", "decertification", 4, "trump-administration", "colombia",
              evidence=proof, edtf="2025-06-06", earliest="2025-06-06", latest="2025-06-06"),
    ]  # fmt: skip
    edges = [
        replace(each, because=(*each.because, "gdelt-2"), count=each.count + 1)
        if "decertification" in each.because else each
        for each in small.edges
    ]  # fmt: skip
    edges.append(edge("colombia", "consulted", "donald-trump", 1, "gdelt-1"))
    return replace(
        small,
        edges=tuple(edges),
        events={**small.events, **{each.id: each for each in coded}},
        feeds={"gdelt-import-1": Batch("gdelt", "The GDELT Project")},
    )


SMALL_STORY = Story(
    "tour", "A tour", "en", (SOURCE,),
    (
        Step("Where it begins", "Everything that is told.", "", "Dónde empieza", "Todo lo que se cuenta."),
        Step("A threat", "One month only.", "sel=v:threat-of-tariffs&time=2025-01-01,2025-01-31"),
        Step("In force", "What held at the end.", "asof=2025-12-31&ties=1"),
    ),
)  # fmt: skip

FIXED = {"type", "kind", "status", "factuality", "earliest", "latest", "first", "last", "sha256", "certainty",
         "earliest_begin", "latest_begin", "earliest_end", "latest_end", "last_known"}  # fmt: skip


class Poison:
    """Replaces texts by payloads, the same text by the same payload, so that references still meet."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.given: dict[str, str] = {}

    def text(self, old: str) -> str:
        if old and old not in self.given:
            number = len(self.given)
            self.given[old] = self.texts[number % len(self.texts)] + (f" {number}" if number >= len(self.texts) else "")
        return self.given.get(old, old)

    def value(self, old: Any) -> Any:
        if isinstance(old, str):
            return self.text(old)
        if isinstance(old, tuple):
            return tuple(self.value(each) for each in old)
        if hasattr(old, "__dataclass_fields__"):
            new = {f.name: self.value(getattr(old, f.name)) for f in fields(old) if f.name not in FIXED}
            return replace(old, **new)
        return old

    def picture(self, old: Picture) -> Picture:
        tables: dict[str, Any] = {
            name: {self.text(key): self.value(record) for key, record in getattr(old, name).items()}
            for name in ("entities", "events", "claims", "states", "sources")
        }
        entities = {key: replace(each, type=self.text(each.type)) for key, each in tables.pop("entities").items()}
        return Picture(title=self.text(old.title), entities=entities, edges=self.value(old.edges), **tables)


# ---------------------------------------------------------------- the small picture


def cited(paragraph: int, start: int, end: int, speaker: str = "", label: str = "") -> tuple[Evidence, ...]:
    return (Evidence(SOURCE, paragraph, start, end, "9" * 64, "cnn", "A year of quarrel", "CNN", speaker, label),)


def entity(name: str, label: str, type_: str, *aliases: str, **more: Any) -> EntityRecord:
    return EntityRecord(name, label, type_, type_.replace("-", " "), (("en", label),), aliases, **more)


def event(name: str, label: str, kind: str, quad: int, who: str, whom: str = "", **more: Any) -> EventRecord:
    given = {"factuality": "Actual", "actors": tuple(who.split()), "targets": tuple(whom.split()), **more}
    return EventRecord(name, label, kind.title().replace(" ", ""), kind, quad_class=quad, **given)


def month(text: str, last: int) -> dict[str, str]:
    days = {"earliest": f"{text}-01", "latest": f"{text}-{last}"}
    return {"edtf": text, "precision": "month", "basis": "section", **days}


def edge(subject: str, label: str, target: str, quad: int, *because: str, **more: Any) -> EdgeRecord:
    name = f"edge-{subject}-{label.replace(' ', '-')}-{target}"
    more = {"status": "Asserted", "count": len(because), "first": "", "last": "", "symmetric": False, **more}
    return EdgeRecord(name, subject, f"rel:{label}", label, target, quad_class=quad, because=because, **more)


def small_picture() -> Picture:
    """Nine actors, twelve events, three claims and two states of the first dossier."""
    entities = [
        entity("colombia", "Colombia", "state", "Republic of Colombia", wikidata="Q739"),
        entity("donald-trump", "Donald Trump", "person", "Trump", wikidata="Q22686"),
        entity("gustavo-petro", "Gustavo Petro", "person", "Petro", "President Petro", description="President."),
        entity("kristi-noem", "Kristi Noem", "person"),
        entity("nicolas-petro", "Nicolás Petro", "person"),
        entity("scott-bessent", "Scott Bessent", "person"),
        entity("tren-de-aragua", "Tren de Aragua", "armed-group"),
        entity("trump-administration", "Trump administration", "government"),
        entity("us-treasury", "US Treasury Department", "ministry", "Treasury", part_of=("trump-administration",)),
    ]
    events = [
        event("threat-of-tariffs", "Threat of tariffs and sanctions", "threat", 3, "trump-administration", "colombia",
              proposes=("tariffs-on-colombia",), cameo="1312", goldstein=-5.8, evidence=cited(12, 1903, 1970),
              **month("2025-01", 31)),
        event("tariffs-on-colombia", "Tariffs on Colombia", "imposition of tariffs", 4, "trump-administration",
              "colombia", factuality="Threatened", proposed_by=("threat-of-tariffs",),
              voiced_by=("trump-administration",), evidence=cited(12, 1903, 1970)),
        event("noem-accuses-petro", "Noem on Petro and Tren de Aragua", "accusation", 3, "kristi-noem",
              "gustavo-petro", asserts=("claim-called-friends",), answered_by=("petro-denies-remark",), cameo="112",
              plover="ACCUSE", goldstein=-2.0, evidence=cited(14, 2235, 2458), **month("2025-03", 31)),
        event("alleged-remark", "Alleged remark on Tren de Aragua", "statement", 1, "gustavo-petro", "tren-de-aragua",
              factuality="Alleged", edtf="../2025-03", latest="2025-03-31", proposed_by=("claim-called-friends",),
              voiced_by=("kristi-noem",), denied_by=("gustavo-petro",),
              evidence=cited(14, 2260, 2361, "kristi-noem", "Kristi Noem")),
        event("petro-denies-remark", "Petro denies the remark", "denial", 3, "gustavo-petro", "kristi-noem",
              denies=("claim-called-friends",), responds_to=("noem-accuses-petro",), edtf="2025-03/..",
              earliest="2025-03-01", precision="open", evidence=cited(15, 2460, 2494)),
        event("decertification", "Colombia decertified", "decertification", 4, "trump-administration", "colombia",
              edtf="2025-09-11~/2025-09-20~", earliest="2025-09-11", latest="2025-09-20", precision="part-of-month",
              evidence=cited(19, 3192, 3254)),
        event("sanctions-on-petro", "Sanctions on Petro announced", "sanctioning", 4, "us-treasury",
              "gustavo-petro nicolas-petro", cameo="163", plover="SANCTION", goldstein=-8.0,
              evidence=cited(28, 4732, 4807), **month("2025-10", 31)),
        event("bessent-on-cocaine", "Bessent on cocaine production", "accusation", 3, "scott-bessent", "gustavo-petro",
              asserts=("claim-cocaine-rose",), on_behalf_of=("us-treasury",), answered_by=("petro-on-cocaine",),
              evidence=cited(29, 4868, 5079), **month("2025-10", 31)),
        event("petro-on-cocaine", "Petro: production did not rise", "denial", 3, "gustavo-petro", "scott-bessent",
              asserts=("claim-cocaine-did-not-rise",), denies=("claim-cocaine-rose",),
              responds_to=("bessent-on-cocaine",), evidence=cited(30, 5212, 5286), **month("2025-10", 31)),
        event("phone-call", "Trump–Petro call", "phone call", 1, "donald-trump gustavo-petro", edtf="2026-01-07",
              earliest="2026-01-07", latest="2026-01-07", precision="day", basis="explicit",
              evidence=cited(44, 7222, 7275)),
        event("white-house-meeting", "White House meeting", "meeting", 1, "donald-trump gustavo-petro",
              factuality="Planned", edtf="2026-02-03", earliest="2026-02-03", latest="2026-02-03",
              evidence=cited(2, 153, 187)),
        event("tda-designated", "Tren de Aragua designated", "designation", 4, "trump-administration",
              "tren-de-aragua", edtf="../2026-02-02", latest="2026-02-02", evidence=cited(16, 2635, 2706)),
    ]  # fmt: skip
    noem = Voice("noem-accuses-petro", "Noem on Petro", ("kristi-noem",), ("Kristi Noem",), "2025-03")
    denial = Voice("petro-denies-remark", "Denial", ("gustavo-petro",), ("Gustavo Petro",), "2025-03/..")
    bessent = Voice("bessent-on-cocaine", "Bessent", ("scott-bessent",), ("Scott Bessent",), "2025-10")
    petro = Voice("petro-on-cocaine", "Petro", ("gustavo-petro",), ("Gustavo Petro",), "2025-10")
    claims = [
        ClaimRecord("claim-called-friends", "Petro called members of Tren de Aragua his friends", "Contested",
                    ("gustavo-petro", "tren-de-aragua"), (noem,), (denial,), (), ("alleged-remark",),
                    cited(14, 2260, 2361, "kristi-noem", "Kristi Noem")),
        ClaimRecord("claim-cocaine-rose", "Cocaine production in Colombia rose", "Contested", ("gustavo-petro",),
                    (bessent,), (petro,), ("claim-cocaine-did-not-rise",), (), cited(29, 4913, 4987)),
        ClaimRecord("claim-cocaine-did-not-rise", "Cocaine production did not rise", "Contested", ("gustavo-petro",),
                    (petro,), (), ("claim-cocaine-rose",), (), cited(30, 5234, 5286)),
    ]  # fmt: skip
    states = [
        StateRecord("measure-sanctions-petro", "measure", "US sanctions on Petro", "financial sanctions",
                    ("us-treasury",), ("gustavo-petro",), "2025-10-01", "2025-10-31", last_known="2026-02-01",
                    started_by="sanctions-on-petro", evidence=cited(28, 4732, 4807)),
        StateRecord("tenure-bessent", "tenure", "Bessent is US Secretary of the Treasury", "Secretary of the Treasury",
                    ("scott-bessent",), ("us-treasury",), latest_begin="2025-10-01", last_known="2025-10-01",
                    evidence=cited(29, 5042, 5074)),
    ]  # fmt: skip
    edges = (
        edge("trump-administration", "threatened", "colombia", 3, "threat-of-tariffs"),
        edge("kristi-noem", "accused", "gustavo-petro", 3, "noem-accuses-petro", status="Contested"),
        edge("gustavo-petro", "rejected a claim of", "kristi-noem", 3, "petro-denies-remark"),
        edge("trump-administration", "decertified", "colombia", 4, "decertification"),
        edge("us-treasury", "sanctioned", "gustavo-petro", 4, "sanctions-on-petro"),
        edge("us-treasury", "sanctioned", "nicolas-petro", 4, "sanctions-on-petro"),
        edge("scott-bessent", "accused", "gustavo-petro", 3, "bessent-on-cocaine", status="Contested"),
        edge("gustavo-petro", "rejected a claim of", "scott-bessent", 3, "petro-on-cocaine", status="Contested"),
        edge("donald-trump", "spoke by phone with", "gustavo-petro", 1, "phone-call", symmetric=True),
        edge("gustavo-petro", "spoke by phone with", "donald-trump", 1, "phone-call", symmetric=True),
        edge("trump-administration", "designated", "tren-de-aragua", 4, "tda-designated"),
        edge("scott-bessent", "holds office in", "us-treasury", 0, "tenure-bessent"),
    )
    return Picture(
        "A year of quarrel",
        {each.id: each for each in entities},
        edges,
        {each.id: each for each in events},
        {each.id: each for each in claims},
        {each.id: each for each in states},
        {SOURCE: "A year of quarrel"},
    )
