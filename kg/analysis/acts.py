"""A store in, acts out: the events as the analyses count them, with who reports them and what is contested.

Only the graphs of documents are read here, so that feeds never mix with dossiers. What the analyses leave out
(summaries, and what is not known to have happened) is read too, so that it can be told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from kg import describe, query
from kg.dates import Certainty
from kg.lens import Lens
from kg.store import Store
from kg.terms import DIP, GRAPH, PLOVER, RDFS, SEM, local_name

DONE = "Actual"
UNCODED = "UNCODED"
_TRUE = ("true", "1")
_READ = """VALUES ?p { rdfs:label dip:factuality dip:aggregate dip:actor dip:target dip:onBehalfOf dip:respondsTo
  dip:quadClass dip:goldstein dip:goldsteinScheme dip:plover dip:edtf sem:hasEarliestBeginTimeStamp
  sem:hasLatestEndTimeStamp }"""


@dataclass(frozen=True, slots=True)
class Act:
    """One event as it is counted: who did what to whom within which days, its scores, and how sure it is.

    `quad` is 1–4 or 0 when uncoded, `goldstein` None when unscored and of the table `scheme`. `reporters` are the
    publishers; `contested` says that a claim it makes, or that it happened, is denied or contradicted, by `against`.
    What a `feed` codes bears its name, and may stand for more events than one (`count`).
    """

    id: str
    label: str
    factuality: str
    summary: bool
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    on_behalf_of: tuple[str, ...]
    earliest: date | None
    latest: date | None
    edtf: str = ""
    quad: int = 0
    goldstein: float | None = None
    scheme: str = ""
    plover: str = UNCODED
    reporters: tuple[str, ...] = ()
    contested: bool = False
    against: tuple[str, ...] = ()
    responds_to: tuple[str, ...] = ()
    feed: str = ""
    count: int = 1

    @property
    def counted(self) -> bool:
        """Whether it happened and is no summary of other events."""
        return self.factuality == DONE and not self.summary

    @property
    def doers(self) -> tuple[str, ...]:
        """Who acted, and on whose behalf."""
        return (*self.actors, *self.on_behalf_of)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader of some day or voice has: how surely each event is among it, by id; the others are not.

    `words` say which day or voice: "as known on 2025-03-01".
    """

    events: Mapping[str, Certainty]
    words: str

    def fit(self, node: str, fit: Certainty) -> Certainty:
        """Take an event for possible that is not surely among what is seen."""
        return "possible" if fit == "certain" and self.events.get(node) != "certain" else fit


def seen(store: Store, lens: Lens) -> Seen | None:
    """The events that a reader of a day or of a voice has; None if everything is asked for."""
    if lens.open:
        return None
    words = [f"as known on {lens.known_at}"] if lens.known_at else []
    if who := lens.according_to:
        entities = describe.entities(store)
        words.append(f"according to {entities[who].label if who in entities else who}")
    events = describe.events(store).values()
    return Seen({each.id: fit for each in events if (fit := lens.event(each)) != "no"}, " ".join(words))


def acts(store: Store, only: Collection[str] | None = None) -> dict[str, Act]:
    """Read all events of the dossiers by id, or `only` those named.

    Events that a curator judged to be one and the same (`dip:Positive`) become one act with all their reporters, so
    that nothing is counted twice.
    """
    graphs = document_graphs(store)
    if not graphs:
        return {}
    within = f"VALUES ?g {{ {' '.join(f'<{graph}>' for graph in graphs)} }}"
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in query.rows(
        store, f"SELECT ?s ?p ?o WHERE {{ {within} {_READ} GRAPH ?g {{ ?s dip:factuality ?any . ?s ?p ?o }} }}"
    ):
        found[local_name(row["s"])][row["p"]].append(row["o"])
    reporters, contested = _reporters(store, within), _contested(store, within)
    made = {
        node: _act(node, own, reporters.get(node, ()), contested.get(node))
        for node, own in sorted(found.items())
        if only is None or node in only
    }
    return _merged(made, _judged_same(store, within))


def document_graphs(store: Store) -> tuple[str, ...]:
    """Name the graphs that hold a source document each."""
    rows = query.rows(store, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s a dip:Source } }")
    return tuple(sorted(row["g"] for row in rows if row["g"].startswith(f"{GRAPH}doc/")))


def day(text: str) -> date | None:
    """Read an ISO day, empty where open."""
    return date.fromisoformat(text) if text else None


def _act(node: str, own: Mapping[str, list[str]], reporters: tuple[str, ...], against: set[str] | None) -> Act:
    def many(predicate: str) -> tuple[str, ...]:
        return tuple(sorted(map(local_name, own.get(predicate, ()))))

    def one(predicate: str) -> str:
        return min(own.get(predicate, ()), default="")

    score = one(f"{DIP}goldstein")
    return Act(
        id=node,
        label=one(f"{RDFS}label"),
        factuality=local_name(one(f"{DIP}factuality")),
        summary=one(f"{DIP}aggregate") in _TRUE,
        actors=many(f"{DIP}actor"),
        targets=many(f"{DIP}target"),
        on_behalf_of=many(f"{DIP}onBehalfOf"),
        earliest=day(one(f"{SEM}hasEarliestBeginTimeStamp")),
        latest=day(one(f"{SEM}hasLatestEndTimeStamp")),
        edtf=one(f"{DIP}edtf"),
        quad=int(one(f"{DIP}quadClass") or 0),
        goldstein=float(score) if score else None,
        scheme=one(f"{DIP}goldsteinScheme"),
        plover=one(f"{DIP}plover").removeprefix(PLOVER) or UNCODED,
        reporters=reporters,
        contested=against is not None,
        against=tuple(sorted(against or ())),
        responds_to=many(f"{DIP}respondsTo"),
    )


def _reporters(store: Store, within: str) -> dict[str, tuple[str, ...]]:
    text = f"""SELECT DISTINCT ?s ?by WHERE {{ {within}
      GRAPH ?g {{ ?s dip:factuality ?any ; dip:attestedBy ?a . ?a dip:reportedBy ?by }} }}"""
    found: dict[str, set[str]] = defaultdict(set)
    for row in query.rows(store, text):
        found[local_name(row["s"])].add(local_name(row["by"]))
    return {node: tuple(sorted(names)) for node, names in found.items()}


def _contested(store: Store, within: str) -> dict[str, set[str]]:
    """Events that assert a contested claim, or of which somebody denies that they happened, each with who does so."""
    text = f"""SELECT DISTINCT ?s ?who WHERE {{ {within}
      {{ GRAPH ?g {{ ?s dip:asserts ?claim }} ?claim dip:status dip:Contested .
         OPTIONAL {{ {{ ?denial dip:denies ?claim ; dip:actor ?who }}
           UNION {{ ?claim dip:contradicts|^dip:contradicts ?other . ?reply dip:asserts ?other ; dip:actor ?who }} }} }}
      UNION {{ GRAPH ?g {{ ?claim dip:proposes ?s . ?other dip:denies ?claim ; dip:actor ?who }} }} }}"""
    found: dict[str, set[str]] = defaultdict(set)
    for row in query.rows(store, text):
        found[local_name(row["s"])] |= {local_name(row["who"])} if row["who"] else set()
    return found


def _judged_same(store: Store, within: str) -> list[tuple[str, str]]:
    text = f"""SELECT ?left ?right WHERE {{ {within}
      GRAPH ?g {{ ?j dip:verdict dip:Positive ; dip:left ?left ; dip:right ?right }} }}"""
    return sorted((local_name(row["left"]), local_name(row["right"])) for row in query.rows(store, text))


def _merged(made: Mapping[str, Act], same: Iterable[tuple[str, str]]) -> dict[str, Act]:
    """Fold acts that are one and the same into the one whose days are known best."""
    groups: dict[str, set[str]] = {node: {node} for node in made}
    for left, right in same:
        if left in groups and right in groups and groups[left] is not groups[right]:
            joined = groups[left] | groups[right]
            groups.update(dict.fromkeys(joined, joined))
    whole = {}
    for node, group in groups.items():
        best = min(group, key=lambda each: (_span(made[each]), each))
        if node == best:
            whole[node] = _folded(made[best], [made[each] for each in sorted(group)]) if len(group) > 1 else made[best]
    return whole


def _span(act: Act) -> int:
    return (act.latest - act.earliest).days if act.earliest and act.latest else 10**9


def _folded(best: Act, all_of_them: Iterable[Act]) -> Act:
    each = tuple(all_of_them)

    def union(name: str) -> tuple[str, ...]:
        return tuple(sorted({value for act in each for value in getattr(act, name)}))

    return replace(
        best,
        actors=union("actors"),
        targets=union("targets"),
        on_behalf_of=union("on_behalf_of"),
        reporters=union("reporters"),
        responds_to=union("responds_to"),
        against=union("against"),
        contested=any(act.contested for act in each),
    )
