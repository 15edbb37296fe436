"""The page as a text and the network as data; what a browser does with them is in `tests/browser`."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from html.parser import HTMLParser
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import kg
from kg import describe
from kg.records import EdgeRecord, EntityRecord, EventRecord, Evidence, Picture
from kg.view import calm, crowd, draw, layout, network, places_in

if TYPE_CHECKING:
    from tests.conftest import Kg

ASSETS = Path(kg.__file__).parent / "view" / "assets"
SOURCE = ASSETS / "src"


@pytest.fixture(scope="module")
def picture(built: Path) -> Picture:
    """Everything in the bundled dossier."""
    return describe.picture(kg.open(built).store)


def tiny() -> Picture:
    """Two actors, one event, one edge: the smallest picture in which everything has its place."""
    proof = (Evidence("note", 2, 10, 20, "0" * 64, "the-note", "A note", "The note", "b", "B"),)
    event = EventRecord(
        "charge", "A charges B", "Accusation", "accusation", "Actual", ("a",), ("b",), note="why", edtf="2025-10",
        earliest="2025-10-01", latest="2025-10-31", quad_class=3, evidence=proof,
    )  # fmt: skip
    edge = EdgeRecord("edge-1", "a", "rel:accused", "accused", "b", "Asserted", 1, "", "", 3, False, ("charge",))
    people = {key: EntityRecord(key, key.upper(), "person", "person", (("en", key.upper()),), ("x",)) for key in "ab"}
    return Picture("Tiny", people, (edge,), {"charge": event}, {}, {}, {"note": "A note"})


class Seen(HTMLParser):
    """Collects the elements, their attributes and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.inside: list[tuple[str, dict[str, str], str]] = []
        self._open: tuple[str, dict[str, str]] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag in ("script", "style", "title"):
            self._open = (tag, {name: value or "" for name, value in attrs})

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inside.append((*self._open, data))

    def handle_endtag(self, tag: str) -> None:
        self._open = None

    def text(self, tag: str, kind: str = "") -> str:
        return "".join(text for name, own, text in self.inside if (name, own.get("type", "")) == (tag, kind))


def page_data(page: str) -> Any:
    return json.loads(Seen(page).text("script", "application/json"))


# ---------------------------------------------------------------- the file


def test_the_same_picture_gives_the_same_bytes_under_any_hash_seed() -> None:
    program = "import runpy, sys, hashlib; from kg.view import draw; m = runpy.run_path(sys.argv[1]);"
    program += "print(hashlib.sha256(draw(m['tiny']()).encode()).hexdigest())"
    digests = set()
    for seed in ("0", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", program, __file__], env={"PYTHONHASHSEED": seed, "PATH": ""}, cwd=ASSETS.parents[2],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        digests.add(done.stdout.strip())
    assert digests == {hashlib.sha256(draw(tiny()).encode()).hexdigest()}


def test_the_bundled_page_is_small_and_the_same_twice(picture: Picture) -> None:
    page = draw(picture)
    assert page == draw(picture)
    assert len(page.encode()) < 350_000


def test_the_policy_names_exactly_the_script_and_style_of_the_page(picture: Picture) -> None:
    seen = Seen(draw(picture))
    (policy,) = [value for _, name, value in seen.attributes if name == "content" and "-src" in value]
    for kind, text in (("script", seen.text("script")), ("style", seen.text("style"))):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy.split("; ")
    assert {"default-src 'none'", "img-src data: blob:", "connect-src 'none'"} <= set(policy.split("; "))


def test_nothing_is_loaded_from_elsewhere(picture: Picture) -> None:
    seen = Seen(draw(picture))
    loads = ("src", "href", "action", "data", "poster", "srcset")
    loading = [value for _, name, value in seen.attributes if name in loads]
    assert loading == ["data:,"]  # the icon, so that browsers do not ask for one
    assert not re.search(r"@import|url\(|https?:", seen.text("style"))
    addresses = set(re.findall(r"https?://[^\s\"'`]+", seen.text("script")))
    assert addresses == {"http://www.w3.org/2000/svg", "https://www.wikidata.org/wiki/"}
    assert not [name for _, name, _ in seen.attributes if name == "style" or name.startswith("on")]


FORBIDDEN = (
    "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "fetch(",
    "XMLHttpRequest", "WebSocket", "sendBeacon", "localStorage", "import(", "postMessage",
)  # fmt: skip


@pytest.mark.parametrize("name", ["small.js", "large.js"])
def test_the_script_makes_no_markup_of_text_and_asks_for_nothing(name: str) -> None:
    sources = {path.relative_to(SOURCE): path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.js")}
    for place, script in [(Path(name), (ASSETS / name).read_text(encoding="utf-8")), *sources.items()]:
        if "node_modules" in place.parts:
            continue
        for word in FORBIDDEN:
            assert word not in script, (place, word)
        assert "</script" not in script and "<!--" not in script


def hostile_texts() -> list[str]:
    corpus = json.loads((Path(__file__).parent / "browser" / "hostile.json").read_text(encoding="utf-8"))
    return [wrapper.replace("{}", word) for word in corpus["words"] for wrapper in corpus["wrappers"]]


def poisoned(record: Any, text: str) -> Any:
    texts = {part.name: text for part in fields(record) if isinstance(getattr(record, part.name), str)}
    return replace(record, **texts)


def poisoned_pictures(text: str) -> Iterator[Picture]:
    """Tiny pictures with a text in every field that is a text."""
    base = tiny()
    a, b = base.entities.values()
    (event,) = base.events.values()
    event = poisoned(replace(event, actors=(text,), targets=(b.id,), about=(text,), evidence=()), text)
    entity = replace(poisoned(a, text), aliases=(text,), labels=((text, text),), part_of=(text,))
    edge = replace(poisoned(base.edges[0], text), object=b.id, because=(text,))
    proof = poisoned(base.events["charge"].evidence[0], text)
    events = {text: replace(event, evidence=(proof,))}
    yield Picture(text, {text: entity, b.id: b}, (edge,), events, {}, {}, {text: text})


@pytest.mark.parametrize("part", range(6))
def test_no_text_leaves_its_place(part: int) -> None:
    usual = Seen(draw(tiny()))
    texts = hostile_texts()
    assert len(texts) > 200
    for text in texts[part::6]:
        for picture in poisoned_pictures(text):
            page = draw(picture, passages={f"{text}:10-20": text})
            seen = Seen(page)
            assert seen.tags == usual.tags
            assert seen.text("script") == usual.text("script")
            assert seen.text("title").strip() == text.strip() or "\x00" in text
            data = page_data(page)
            assert data["nodes"][0]["label"] == data["title"] == data["events"][text]["note"] == text
            assert data["passages"] == {f"{text}:10-20": text}


def test_passages_are_in_the_page_only_when_given(picture: Picture) -> None:
    proof = next(iter(picture.events.values())).evidence[0]
    key = f"{proof.source}:{proof.start}-{proof.end}"
    assert page_data(draw(picture))["passages"] == {}
    given = {key: "Words of the source.", "another:1-2": "Not asked for."}
    assert page_data(draw(picture, passages=given))["passages"] == {key: "Words of the source."}


def test_every_edge_has_its_events_in_the_page(picture: Picture) -> None:
    data = page_data(draw(picture))
    assert len(data["edges"]) == len(picture.edges) > 50
    for edge, record in zip(data["edges"], picture.edges, strict=True):
        assert (edge["from"], edge["to"], edge["because"]) == (record.subject, record.object, list(record.because))
        for reason in edge["because"]:
            told = data["events"].get(reason) or data["states"][reason]
            assert told["label"] and told["evidence"]
            for number in told["evidence"]:
                source, paragraph = data["evidence"][number][:2]
                assert paragraph > 0 and list(data["sources"])[source]


def test_no_event_that_is_not_reported_as_done_is_an_edge(picture: Picture) -> None:
    undone = {event.id for event in picture.events.values() if event.factuality != "Actual"}
    data = page_data(draw(picture))
    assert undone and not undone & {reason for edge in data["edges"] for reason in edge["because"]}
    assert all(data["events"][key]["factuality"] != "Actual" for key in undone)


# ---------------------------------------------------------------- the pyvis network


def test_the_pyvis_network_holds_every_attribute(picture: Picture) -> None:
    net = network(picture)
    assert net.directed and net.num_nodes() == len(picture.entities) and net.num_edges() == len(picture.edges)
    for node, entity in zip(net.nodes, picture.entities.values(), strict=True):
        assert {**node, "mentions": ()} | {**asdict(entity), "mentions": ()} == {**node, "mentions": ()}
        assert isfinite(node["x"]) and isfinite(node["y"]) and "title" not in node
    for edge, record in zip(net.edges, picture.edges, strict=True):
        told = asdict(record)
        assert (edge["from"], edge["to"]) == (told.pop("subject"), told.pop("object"))
        assert edge | told == edge and "title" not in edge
        assert edge["dashes"] == (record.status == "Contested")
    json.dumps([net.nodes, net.edges])


def test_an_edge_of_the_network_says_what_explains_it() -> None:
    (edge,) = network(tiny()).edges
    assert edge["events"] == ["2025-10: A charges B"] and edge["reported_by"] == ["The note"]


def test_a_picture_that_contradicts_itself_is_refused() -> None:
    base = tiny()
    (edge,) = base.edges
    with pytest.raises(ValueError, match="2 edges of the picture share the id 'edge-1'"):
        network(replace(base, edges=(edge, edge)))
    with pytest.raises(ValueError, match="ends at 'c', which is not in the picture"):
        network(replace(base, edges=(replace(edge, object="c"),)))


def test_an_empty_picture_is_a_page_too() -> None:
    empty = Picture("Nothing yet", {}, (), {}, {}, {}, {})
    assert page_data(draw(empty))["nodes"] == []
    assert network(empty).num_nodes() == 0


# ---------------------------------------------------------------- the layout


def graph(nodes: int, links: int, seed: int = 1) -> tuple[dict[str, layout.Room], dict[tuple[str, str], int]]:
    """Some hubs, many leaves, two islands and loners."""
    chance = random.Random(seed)
    names = [f"n{number:03}" for number in range(nodes)]
    core = names[: nodes - 8]
    pairs = {(core[0 if chance.random() < 0.4 else chance.randrange(i)], core[i]): 1 for i in range(1, len(core))}
    while len(pairs) < links:
        a, b = chance.sample(core, 2)
        pairs[min(a, b), max(a, b)] = chance.randrange(1, 6)
    pairs[names[-8], names[-7]] = 1
    return {name: (chance.uniform(44, 150), chance.choice((46.0, 60.0))) for name in names}, pairs


@pytest.mark.parametrize("seed", range(4))
def test_the_layout_leaves_room_for_every_label(seed: int) -> None:
    rooms, links = graph(70, 150, seed)
    spots = layout.places(rooms, links)
    assert spots.keys() == rooms.keys()
    assert all(isfinite(x) and isfinite(y) and abs(x) < 4000 and abs(y) < 4000 for x, y in spots.values())
    names = sorted(spots)
    for i, a in enumerate(names):
        for b in names[:i]:
            apart_x = abs(spots[a][0] - spots[b][0]) - (rooms[a][0] + rooms[b][0]) / 2
            apart_y = abs(spots[a][1] - spots[b][1]) - (rooms[a][1] + rooms[b][1]) / 2
            assert max(apart_x, apart_y) > -14, (a, b)  # figures never meet; a label may move to another side


def test_the_layout_depends_on_neither_order_nor_chance() -> None:
    rooms, links = graph(40, 70)
    spots = layout.places(rooms, links)
    backwards = {(b, a): links[a, b] for a, b in reversed(links)}
    assert layout.places(dict(reversed(rooms.items())), backwards) == spots


def test_the_layout_is_the_same_on_every_machine() -> None:
    names = [f"n{number:02}" for number in range(30)]
    links = {(names[i], names[(i * 7 + 3) % 30]): 1 + i % 3 for i in range(30) if i != (i * 7 + 3) % 30}
    spots = layout.places(dict.fromkeys(names, (90.0, 46.0)), links)
    digest = hashlib.sha256(repr(sorted(spots.items())).encode()).hexdigest()
    assert digest[:16] == "07fa803891ee20c5", "changed on purpose? then write the new value here"


def test_the_layout_uses_nothing_that_differs_between_machines() -> None:
    source = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in (layout, crowd, calm))
    imported = re.findall(r"^(?:from|import) (\S+)", source, re.M)
    assert set(imported) == {"__future__", "hashlib", "heapq", "collections.abc", "math", "kg.view"}
    assert re.findall(r"^from math import (.*)$", source, re.M) == ["sqrt"] * 3
    assert not re.search(r"\*\*|\bsum\(|\bpow\(|\bset\(\w+\) -", source)


def test_the_layout_is_quick() -> None:
    rooms, links = graph(70, 150)
    began = time.process_time()
    layout.places(rooms, links)
    assert time.process_time() - began < 0.7


@pytest.mark.parametrize(
    ("rooms", "links"),
    [
        ({}, {}),
        ({"a": (50.0, 40.0)}, {("a", "a"): 2}),
        ({"a": (50.0, 40.0), "b": (50.0, 40.0)}, {}),
        ({"a": (50.0, 40.0), "b": (50.0, 40.0), "c": (50.0, 40.0)}, {("a", "b"): 9, ("b", "a"): 3}),
    ],
)
def test_odd_networks_have_a_layout(rooms: dict[str, layout.Room], links: dict[tuple[str, str], int]) -> None:
    spots = layout.places(rooms, links)
    assert len(set(spots.values())) == len(rooms)


def test_an_earlier_page_lends_its_places(built: Path, kg: Kg, tmp_path: Path) -> None:
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    assert kg("view", "--store", str(built), "-o", str(first)).code == 0
    moved = re.sub(r'"x":(-?\d+)', lambda match: f'"x":{int(match[1]) + 7}', first.read_text(encoding="utf-8"))
    first.write_text(moved, encoding="utf-8")
    assert kg("view", "--store", str(built), "-o", str(second), "--places-of", str(first)).code == 0
    assert places_in(second.read_text(encoding="utf-8")) == places_in(moved)


def test_a_page_that_is_replaced_lends_its_places_unless_told_otherwise(built: Path, kg: Kg, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    made = ("view", "--store", str(built), "-o", str(page))
    assert kg(*made).code == 0
    first = page.read_text(encoding="utf-8")
    assert kg(*made).code == 0 and page.read_text(encoding="utf-8") == first
    moved = re.sub(r'"x":(-?\d+)', lambda match: f'"x":{int(match[1]) + 7}', first)
    page.write_text(moved, encoding="utf-8")
    assert kg(*made).code == 0 and places_in(page.read_text(encoding="utf-8")) == places_in(moved) != places_in(first)
    assert kg(*made, "--anew").code == 0 and page.read_text(encoding="utf-8") == first
    page.write_text("something else", encoding="utf-8")
    assert kg(*made).code == 0 and page.read_text(encoding="utf-8") == first


def test_a_page_that_cannot_be_read_lends_no_places(built: Path, kg: Kg, tmp_path: Path) -> None:
    done = kg("view", "--store", str(built), "-o", str(tmp_path / "new.html"), "--places-of", "nowhere.html")
    assert done.code == 3 and "nowhere.html: cannot be read" in done.err
    assert not (tmp_path / "new.html").exists()


def test_a_small_page_carries_no_renderer_for_crowds() -> None:
    small, large = ((ASSETS / name).read_text(encoding="utf-8") for name in ("small.js", "large.js"))
    assert len(small) + 20_000 < len(large)
    many = tuple(replace(tiny().edges[0], id=f"edge-{number}") for number in range(301))
    assert Seen(draw(tiny())).text("script") == small
    assert Seen(draw(replace(tiny(), edges=many))).text("script") == large
