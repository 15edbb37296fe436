"""Questions to a store, records out: everything known of entities, events, claims, states and edges.

The queries ask by lists of ids and are assembled in plain Python, so a terminal page, a timeline and a network all tell
the same facts in the same words.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from kg import coded, dates, query
from kg.errors import Ambiguous, NotFound, did_you_mean
from kg.model import ENTITY_TYPES
from kg.records import (
    ClaimRecord,
    Document,
    EdgeRecord,
    EntityRecord,
    EventRecord,
    Evidence,
    Picture,
    SourceRecord,
    StateRecord,
    Voice,
)
from kg.store import Store
from kg.terms import DIP, ID, ORG, PLOVER, PROV, RDF, RDFS, REL, SCHEMA, SEM, SKOS, SLUG, expand, local_name

Facts = dict[str, dict[str, list[str]]]
_TRUE = ("true", "1")  # both write xsd:boolean; Virtuoso gives the second for the first
_TYPES = {name: slug for slug, name in ENTITY_TYPES.items()}


def find(store: Store, name: str) -> str:
    """Find the one entity, event, claim, state, post or source that people call by a name.

    An id or CURIE fits itself; else labels and aliases are compared without case and accents, whole names first, then
    words out of them.

    Raises:
        NotFound: nothing is called so; near names are suggested.
        Ambiguous: several are; they are told.
    """
    iri = expand(name) or ID + name
    if iri.startswith(ID) and _exists(store, iri):
        return iri[len(ID) :]
    wanted = folded(name)
    names = _names(store)
    whole = sorted({node for node, text in names if text == wanted})
    part = sorted({node for node, text in names if wanted and f" {wanted} " in f" {text} "})
    for found in (whole, part):
        if len(found) == 1:
            return found[0]
        if found:
            raise Ambiguous(f"'{name}' may be: {', '.join(found)}.", found)
    begun = _begun(store, name)
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise Ambiguous(f"'{name}' begins: {', '.join(begun[:8])}{' …' if len(begun) > 8 else ''}.", begun)
    near = did_you_mean(wanted, {text for _, text in names})
    raise NotFound(f"Nothing here is called '{name}'.", hint=near or "`kg query entities` lists who is here.")


def folded(text: str) -> str:
    """Fold case, accents and punctuation, so that names are found as people type them.

    >>> folded("Verónica ALCOCER")
    'veronica alcocer'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).casefold().split())


def _exists(store: Store, iri: str) -> bool:
    if any(c in iri for c in '<>"{}|^`\\ '):
        return False
    return query.run(store, "ASK { ?node rdfs:label ?label }", {"node": query.iri(iri)}) is True


def _begun(store: Store, name: str) -> list[str]:
    """The ids of events, claims and states that begin with a slug."""
    if not SLUG.match(name):
        return []
    text = f"""SELECT DISTINCT ?s WHERE {{ VALUES ?c {{ dip:Event dip:Proposition dip:State dip:Source }}
      ?s a ?c . FILTER(STRSTARTS(STR(?s), "{ID}{name}")) }} ORDER BY ?s"""
    return [local_name(row["s"]) for row in query.rows(store, text)]


def kind(store: Store, node: str) -> str:
    """Say what a node is: entity, event, claim, state, source, or other (a post)."""
    types = {row["t"] for row in query.rows(store, f"SELECT ?t WHERE {{ {values([node])} ?s a/rdfs:subClassOf* ?t }}")}
    known = {"entity": "Entity", "event": "Event", "claim": "Proposition", "state": "State", "source": "Source"}
    return next((word for word, name in known.items() if DIP + name in types), "other")


def _names(store: Store) -> list[tuple[str, str]]:
    text = "SELECT ?e ?name WHERE { ?e a dip:Entity ; rdfs:label|skos:altLabel ?name }"
    return [(local_name(row["e"]), folded(row["name"])) for row in query.rows(store, text)]


def facts(store: Store, *patterns: str) -> Facts:
    """Collect all properties of the nodes `?s` that patterns select, by node and predicate."""
    found: Facts = defaultdict(lambda: defaultdict(list))
    for row in _rows(store, patterns, "SELECT DISTINCT ?s ?p ?o WHERE { %s ?s ?p ?o }"):
        found[row["s"]][row["p"]].append(row["o"])
    return found


def _rows(store: Store, patterns: Iterable[str], text: str) -> Iterator[dict[str, str]]:
    """Ask a query once for each of the patterns, which stands where its `%s` is."""
    return (row for pattern in patterns for row in query.rows(store, text.replace("%s", pattern)))


def _chosen(ids: Iterable[str] | None, every: str) -> list[str]:
    """The patterns that select the nodes named, as many as needed for queries of a bearable length, or every node."""
    return [every] if ids is None else [values(piece) for piece in query.pieces(ids)]


def values(ids: Iterable[str], variable: str = "s") -> str:
    """Write a VALUES pattern for local ids."""
    return f"VALUES ?{variable} {{ {' '.join(f'<{ID}{each}>' for each in sorted(set(ids)))} }}"


def entities(store: Store, ids: Iterable[str] | None = None) -> dict[str, EntityRecord]:
    """Read entities (all, or those named) with their labels in every language."""
    text = """SELECT DISTINCT ?s ?p ?o (LANG(?o) AS ?lang) WHERE { %s
      VALUES ?p { rdfs:label skos:altLabel rdfs:comment dip:partOf skos:exactMatch rdf:type } ?s ?p ?o }"""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(store, _chosen(ids, "?s a dip:Entity ."), text):
        found[row["s"]].append(row)
    kinds = class_labels(store)
    return {local_name(iri): _entity(iri, rows, kinds) for iri, rows in sorted(found.items())}


def _entity(iri: str, rows: list[dict[str, str]], kinds: Mapping[str, tuple[str, int]]) -> EntityRecord:
    def of(predicate: str) -> list[dict[str, str]]:
        return sorted((r for r in rows if r["p"] == predicate), key=lambda r: (r["lang"] != "en", r["lang"], r["o"]))

    labels = of(f"{RDFS}label")
    kind = _narrowest([r["o"] for r in of(f"{RDF}type")], kinds)
    return EntityRecord(
        id=local_name(iri),
        label=labels[0]["o"] if labels else local_name(iri),
        type=_TYPES.get(local_name(kind), local_name(kind).lower()),
        type_label=kinds.get(kind, (local_name(kind), 0))[0],
        labels=tuple((r["lang"], r["o"]) for r in labels),
        aliases=tuple(r["o"] for r in of(f"{SKOS}altLabel")),
        description=next((r["o"] for r in of(f"{RDFS}comment")), ""),
        part_of=tuple(local_name(r["o"]) for r in of(f"{DIP}partOf")),
        wikidata=next((local_name(r["o"]) for r in of(f"{SKOS}exactMatch")), ""),
    )


def class_labels(store: Store) -> dict[str, tuple[str, int]]:
    """Read the label of each class and how many superclasses of ours it has."""
    text = """SELECT ?c (SAMPLE(?l) AS ?label) (COUNT(DISTINCT ?up) AS ?depth) WHERE {
      ?c a owl:Class ; rdfs:label ?l . FILTER(LANG(?l) = "en")
      OPTIONAL { ?c rdfs:subClassOf+ ?up . FILTER(STRSTARTS(STR(?up), STR(dip:))) } } GROUP BY ?c"""
    return {row["c"]: (row["label"], int(row["depth"])) for row in query.rows(store, text)}


def _narrowest(types: Iterable[str], kinds: Mapping[str, tuple[str, int]]) -> str:
    ours = [kind for kind in types if kind.startswith(DIP)]
    return max(ours, key=lambda kind: (kinds.get(kind, ("", -1))[1], kind), default="")


def evidence(store: Store, *patterns: str) -> dict[str, tuple[Evidence, ...]]:
    """Read the evidence of the nodes `?s` that patterns select, in the order of the source."""
    text = """SELECT DISTINCT ?s ?source ?sl ?n ?start ?end ?hash ?by ?byl ?who ?whol WHERE { %s
      ?s dip:attestedBy ?a . ?a dip:reportedBy ?by ; prov:wasDerivedFrom ?p .
      ?p oa:hasSource ?source ; dip:paragraph ?n ; dip:sha256 ?hash ; oa:hasSelector ?sel .
      ?sel oa:start ?start ; oa:end ?end . ?source rdfs:label ?sl . ?by rdfs:label ?byl . FILTER(LANG(?byl) = "en")
      OPTIONAL { ?a dip:attributedTo ?who . ?who rdfs:label ?whol . FILTER(LANG(?whol) = "en") } }"""
    found: dict[str, list[Evidence]] = defaultdict(list)
    for row in _rows(store, patterns, text):
        at = int(row["n"]), int(row["start"]), int(row["end"])
        who = row["sl"], row["byl"], local_name(row["who"]), row["whol"]
        found[local_name(row["s"])].append(
            Evidence(local_name(row["source"]), *at, row["hash"], local_name(row["by"]), *who)
        )
    for row in _rows(store, patterns, _FEED_REPORTS):
        place = local_name(row["import"])
        told = f"{row['feed']}: {row['byl']}" if row["byl"] else row["feed"]
        where = row["url"] or row["row"]
        found[local_name(row["s"])].append(
            Evidence(place, 0, 0, 0, "", local_name(row["by"]) or place, row["il"], told, where=where)
        )
    return {node: tuple(sorted(each)) for node, each in found.items()}


_FEED_REPORTS = """SELECT DISTINCT ?s ?import ?il ?feed ?by ?byl ?url ?row WHERE { %s
  ?s dip:attestedBy ?a . ?a a dip:FeedReport ; prov:wasGeneratedBy ?import . ?import dip:feed ?feed ; rdfs:label ?il .
  OPTIONAL { ?a dip:reportedBy ?by . ?by rdfs:label ?byl . FILTER(LANG(?byl) = "en") }
  OPTIONAL { ?a schema:url ?url } OPTIONAL { ?a dip:row ?row } }"""


def events(store: Store, ids: Iterable[str] | None = None) -> dict[str, EventRecord]:
    """Read events (all, or those named), by date; within the same days as the source tells them, answers last."""
    patterns = _chosen(ids, "?s dip:factuality ?anyFactuality .")
    read = facts(store, *patterns)
    back = _links_back(store)
    proof = evidence(store, *patterns)
    kinds = class_labels(store)
    made = [_event(local_name(iri), own, back, proof, kinds) for iri, own in read.items()]
    return {event.id: event for event in _answers_last(sorted(made, key=when))}


def when(event: EventRecord) -> tuple[str, str, tuple[Evidence, ...], str]:
    """Order events: by earliest day, else by latest, undated ones last; then as the source tells them."""
    return event.earliest or event.latest or "9999", event.latest or "9999", event.evidence[:1], event.id


def _answers_last(ordered: list[EventRecord]) -> list[EventRecord]:
    """Let no event stand before one that it answers, where both may have happened in the same days."""
    known = {event.id: event for event in ordered}
    placed: dict[str, EventRecord] = {}

    def place(event: EventRecord) -> None:
        if event.id in placed or event.id not in waiting:
            return
        waiting.remove(event.id)
        for cause in event.responds_to:
            if cause in known and when(known[cause])[:2] == when(event)[:2]:
                place(known[cause])
        placed[event.id] = event

    waiting = set(known)
    for event in ordered:
        place(event)
    return list(placed.values())


def touching(store: Store, node: str, kind: str) -> list[str]:
    """The ids of all events, claims (Proposition) or states that name an entity in any part."""
    fact = "dip:factuality ?any" if kind == "Event" else f"a dip:{kind}"  # events of feeds bear no family
    text = f"SELECT DISTINCT ?s WHERE {{ ?s ?part <{ID}{node}> ; {fact} }} ORDER BY ?s"
    return [local_name(row["s"]) for row in query.rows(store, text)]


def _links_back(store: Store) -> dict[tuple[str, str], tuple[str, ...]]:
    """Read which events and claims propose, and which events answer, each event; and who voices or denies it."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    text = """SELECT ?s ?how ?o WHERE {
      { VALUES ?p { dip:proposes dip:respondsTo } ?s ?p ?o . BIND(STRAFTER(STR(?p), "#") AS ?how) }
      UNION { ?each dip:proposes ?o ; dip:actor ?s . BIND("voiced" AS ?how) }
      UNION { ?claim dip:proposes ?o . ?each dip:asserts ?claim ; dip:actor ?s . BIND("voiced" AS ?how) }
      UNION { ?claim dip:proposes ?o . ?each dip:denies ?claim ; dip:actor ?s . BIND("denied" AS ?how) } }"""
    for row in query.rows(store, text):
        found[local_name(row["o"]), row["how"]].add(local_name(row["s"]))
    return {key: tuple(sorted(each)) for key, each in found.items()}


def _event(
    node: str,
    own: dict[str, list[str]],
    back: Mapping[tuple[str, str], tuple[str, ...]],
    proof: Mapping[str, tuple[Evidence, ...]],
    kinds: Mapping[str, tuple[str, int]],
) -> EventRecord:
    def many(predicate: str) -> tuple[str, ...]:
        return tuple(sorted(map(local_name, own.get(predicate, ()))))

    def one(predicate: str) -> str:
        return next(iter(own.get(predicate, ())), "")

    kind = _narrowest(own[f"{RDF}type"], kinds)
    score = one(f"{DIP}goldstein")
    return EventRecord(
        id=node,
        label=one(f"{RDFS}label"),
        event_class=local_name(kind),
        class_label=kinds.get(kind, (local_name(kind), 0))[0],
        factuality=local_name(one(f"{DIP}factuality")),
        actors=many(f"{DIP}actor"),
        targets=many(f"{DIP}target"),
        about=many(f"{DIP}about"),
        on_behalf_of=many(f"{DIP}onBehalfOf"),
        place=many(f"{SEM}hasPlace"),
        edtf=one(f"{DIP}edtf") or _coded_day(one),
        earliest=one(f"{SEM}hasEarliestBeginTimeStamp"),
        latest=one(f"{SEM}hasLatestEndTimeStamp"),
        precision=one(f"{DIP}datePrecision"),
        basis=one(f"{DIP}dateBasis"),
        summary=one(f"{DIP}aggregate") in _TRUE,
        cameo=one(f"{DIP}cameo"),
        plover=one(f"{DIP}plover").removeprefix(PLOVER),
        quad_class=int(one(f"{DIP}quadClass") or 0),
        goldstein=float(score) if score else None,
        scheme=one(f"{DIP}goldsteinScheme"),
        note=one(f"{RDFS}comment"),
        asserts=many(f"{DIP}asserts"),
        denies=many(f"{DIP}denies"),
        proposes=many(f"{DIP}proposes"),
        proposed_by=back.get((node, "proposes"), ()),
        responds_to=many(f"{DIP}respondsTo"),
        answered_by=back.get((node, "respondsTo"), ()),
        part_of=many(f"{SEM}subEventOf"),
        evidence=proof.get(node, ()),
        voiced_by=back.get((node, "voiced"), ()),
        denied_by=back.get((node, "denied"), ()),
    )


def _coded_day(one: Callable[[str], str]) -> str:
    """The day of a coded event, which needs no statement beside its bounds."""
    first, last = one(f"{SEM}hasEarliestBeginTimeStamp"), one(f"{SEM}hasLatestEndTimeStamp")
    return first if first == last and not one(f"{DIP}datePrecision") else ""


def claims(store: Store, ids: Iterable[str] | None = None) -> dict[str, ClaimRecord]:
    """Read claims (all, or those named) with their status and every voice for and against."""
    patterns = _chosen(ids, "?s a dip:Proposition .")
    read = facts(store, *patterns)
    proof = evidence(store, *patterns)
    voices = _voices(store, patterns)
    opposed = _opposed(store, patterns)
    return {
        node: ClaimRecord(
            id=node,
            label=next(iter(own[f"{RDFS}label"]), node),
            status=local_name(next(iter(own[f"{DIP}status"]), "")),
            about=tuple(sorted(map(local_name, own[f"{DIP}about"]))),
            asserted_by=voices[node, "asserts"],
            denied_by=voices[node, "denies"],
            contradicted_by=tuple(sorted(opposed.get(node, ()))),
            proposes=tuple(sorted(map(local_name, own[f"{DIP}proposes"]))),
            evidence=proof.get(node, ()),
        )
        for node, own in sorted((local_name(iri), own) for iri, own in read.items())
    }


def said(store: Store, events: Iterable[EventRecord], about: Iterable[ClaimRecord] = ()) -> dict[str, ClaimRecord]:
    """Read all claims that events assert or deny, those given, and all that contradict one of them."""
    wanted = {claim for event in events for claim in (*event.asserts, *event.denies)} | {claim.id for claim in about}
    found = claims(store, wanted) if wanted else {}
    opposed = {other for claim in found.values() for other in claim.contradicted_by} - found.keys()
    return {**found, **(claims(store, opposed) if opposed else {})}


def _opposed(store: Store, patterns: Iterable[str]) -> dict[str, set[str]]:
    """Read which claims say the contrary of each claim; one of the two says so."""
    found: dict[str, set[str]] = defaultdict(set)
    text = "SELECT DISTINCT ?s ?other WHERE { %s ?s dip:contradicts|^dip:contradicts ?other }"
    for row in _rows(store, patterns, text):
        found[local_name(row["s"])].add(local_name(row["other"]))
    return found


def _voices(store: Store, patterns: Iterable[str]) -> dict[tuple[str, str], tuple[Voice, ...]]:
    text = """SELECT ?s ?how ?e ?label ?who ?name ?edtf WHERE { %s VALUES ?how { dip:asserts dip:denies }
      ?e ?how ?s ; rdfs:label ?label ; dip:actor ?who . ?who rdfs:label ?name . FILTER(LANG(?name) = "en")
      OPTIONAL { ?e dip:edtf ?edtf } } ORDER BY ?edtf ?e ?who"""
    grouped: dict[tuple[str, str], dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for row in _rows(store, patterns, text):
        grouped[local_name(row["s"]), local_name(row["how"])][row["e"]].append(row)
    made: dict[tuple[str, str], tuple[Voice, ...]] = defaultdict(tuple)
    for key, by_event in grouped.items():
        made[key] = tuple(
            Voice(
                local_name(event),
                rows[0]["label"],
                tuple(local_name(r["who"]) for r in rows),
                tuple(r["name"] for r in rows),
                rows[0]["edtf"],
            )
            for event, rows in by_event.items()
        )
    return made


_STATES = {
    "measure": (f"{DIP}measureType", f"{DIP}imposedBy", f"{DIP}appliesTo"),
    "tenure": (f"{DIP}post", f"{ORG}member", f"{ORG}organization"),
    "tie": (f"{DIP}tieType", f"{DIP}tieFrom", f"{DIP}tieTo"),
}


def states(store: Store, as_of: date | None = None, ids: Iterable[str] | None = None) -> dict[str, StateRecord]:
    """Read measures, tenures and ties; with `as_of`, each says whether it held on that day: certain, possible or no."""
    patterns = _chosen(ids, "?s a dip:State .")
    read = facts(store, *patterns)
    proof = evidence(store, *patterns)
    labels = {
        row["t"]: row["label"]
        for row in query.rows(
            store,
            """SELECT ?t ?label WHERE { { SELECT DISTINCT ?t { ?s dip:measureType|dip:tieType|dip:post ?t } }
        ?t rdfs:label ?label . FILTER(LANG(?label) = "en") }""",
        )
    }
    made = [_state(local_name(iri), own, proof, labels, as_of) for iri, own in read.items()]
    return {state.id: state for state in sorted(made, key=lambda s: (s.kind, s.earliest_begin or "9", s.id))}


def _state(
    node: str,
    own: dict[str, list[str]],
    proof: Mapping[str, tuple[Evidence, ...]],
    labels: Mapping[str, str],
    as_of: date | None,
) -> StateRecord:
    kind = next(local_name(t).lower() for t in own[f"{RDF}type"] if local_name(t).lower() in _STATES)
    type_, left, right = _STATES[kind]

    def one(predicate: str) -> str:
        return next(iter(own[predicate]), "")

    stamps = [one(f"{SEM}has{name}TimeStamp") for name in ("EarliestBegin", "LatestBegin", "EarliestEnd", "LatestEnd")]
    begin_first, begin_last, end_first, end_last = (date.fromisoformat(s) if s else None for s in stamps)
    return StateRecord(
        id=node,
        kind=kind,
        label=one(f"{RDFS}label"),
        type_label=labels.get(one(type_), local_name(one(type_))),
        left=tuple(sorted(map(local_name, own[left]))),
        right=tuple(sorted(map(local_name, own[right]))),
        earliest_begin=stamps[0],
        latest_begin=stamps[1],
        earliest_end=stamps[2],
        latest_end=stamps[3],
        last_known=one(f"{DIP}lastKnownInForce"),
        certainty=dates.in_force(begin_first, begin_last, end_first, end_last, as_of) if as_of else "",
        started_by=local_name(one(f"{DIP}startedBy")),
        ended_by=local_name(one(f"{DIP}endedBy")),
        evidence=proof.get(node, ()),
    )


def source(store: Store, node: str) -> SourceRecord:
    """Read one source document and count what is drawn from it."""
    own = next(iter(facts(store, values([node])).values()))
    names = {iri: entity.label for iri, entity in entities(store).items()}

    def many(predicate: str) -> tuple[str, ...]:
        return tuple(sorted(own[predicate]))

    def one(predicate: str) -> str:
        return next(iter(many(predicate)), "")

    def named(predicate: str) -> tuple[str, ...]:
        return tuple(names.get(local_name(iri), local_name(iri)) for iri in many(predicate))

    return SourceRecord(
        id=node,
        title=one(f"{RDFS}label"),
        publisher=", ".join(named(f"{SCHEMA}publisher")),
        authors=named(f"{SCHEMA}author"),
        published=one(f"{DIP}edtf"),
        language=one(f"{SCHEMA}inLanguage"),
        address=one(f"{SCHEMA}url"),
        file=one(f"{DIP}fileName"),
        sha256=one(f"{DIP}sha256"),
        note=one(f"{RDFS}comment"),
        counts=_drawn_from(store, node),
    )


def _drawn_from(store: Store, node: str) -> dict[str, int]:
    counts = {}
    for name, kind in (("events", "Event"), ("claims", "Proposition"), ("states", "State")):
        text = f"""SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{
          ?p oa:hasSource <{ID}{node}> . ?a prov:wasDerivedFrom ?p . ?s dip:attestedBy ?a ; a dip:{kind} }}"""
        counts[name] = int(query.rows(store, text)[0]["n"])
    text = f"SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE {{ ?p oa:hasSource <{ID}{node}> }}"
    return {**counts, "passages": int(query.rows(store, text)[0]["n"])}


def horizon(store: Store) -> date | None:
    """The day up to which the sources surely reach: the latest of their earliest days of publication."""
    text = "SELECT (MAX(?d) AS ?day) WHERE { ?s a dip:Source ; sem:hasEarliestBeginTimeStamp ?d }"
    found = query.rows(store, text)[0]["day"]
    return date.fromisoformat(found) if found else None


def edges(store: Store, ids: Iterable[str] | None = None) -> tuple[EdgeRecord, ...]:
    """Read derived edges (all, or those named) with what explains them."""
    read = facts(store, *_chosen(ids, "?s a dip:DerivedEdge ."))
    declared = _predicates(store)
    made = [_edge(local_name(iri), own, declared) for iri, own in read.items()]
    return tuple(sorted(made, key=lambda e: (e.subject, e.object, e.predicate)))


def _predicates(store: Store) -> dict[str, tuple[str, int, bool]]:
    text = """SELECT ?p (SAMPLE(?l) AS ?label) (MAX(?q) AS ?quad) (MAX(?s) AS ?symmetric) WHERE {
      ?c dip:directPredicate ?p . ?p rdfs:label ?l . FILTER(LANG(?l) = "en")
      OPTIONAL { ?c dip:quadClass ?q } OPTIONAL { ?c dip:symmetric ?s } } GROUP BY ?p"""
    found = {
        row["p"]: (row["label"], int(row["quad"] or 0), row["symmetric"] in _TRUE) for row in query.rows(store, text)
    }
    return {f"{REL}holdsOfficeIn": ("holds office in", 0, False), **found}


def _edge(node: str, own: dict[str, list[str]], declared: Mapping[str, tuple[str, int, bool]]) -> EdgeRecord:
    predicate = own[f"{RDF}predicate"][0]
    label, quad_class, symmetric = declared.get(predicate, (local_name(predicate), 0, False))
    return EdgeRecord(
        id=node,
        subject=local_name(own[f"{RDF}subject"][0]),
        predicate=f"rel:{local_name(predicate)}",
        label=label,
        object=local_name(own[f"{RDF}object"][0]),
        status=local_name(own[f"{DIP}status"][0]),
        count=int(own[f"{DIP}eventCount"][0]),
        first=next(iter(own[f"{SEM}hasEarliestBeginTimeStamp"]), ""),
        last=next(iter(own[f"{SEM}hasLatestEndTimeStamp"]), ""),
        quad_class=quad_class,
        symmetric=symmetric,
        because=tuple(sorted(map(local_name, own[f"{PROV}wasDerivedFrom"]))),
    )


def picture(store: Store, title: str = "", as_of: date | None = None, *, everyone: bool = False) -> Picture:
    """Read everything that a network page shows: entities with edges or events, and all records they lead to.

    With `everyone` the entities that have neither are in it as well.
    """
    feeds = coded.batches(store)
    all_events = {**events(store), **coded.summaries(store, feeds)}
    all_edges = coded.explained(edges(store), all_events, feeds)
    all_states = states(store, as_of)
    used = {side for edge in all_edges for side in (edge.subject, edge.object)}
    used |= {node for event in all_events.values() for node in (*event.actors, *event.targets, *event.about)}
    used |= {node for event in all_events.values() for node in (*event.on_behalf_of, *event.place)}
    used |= {node for state in all_states.values() for node in (*state.left, *state.right)}
    known = entities(store)
    used |= _wholes(known, used)
    day = horizon(store)
    sources = {
        local_name(row["s"]): row["label"]
        for row in query.rows(store, "SELECT ?s ?label WHERE { ?s a dip:Source ; rdfs:label ?label }")
    }
    return Picture(
        title=title or next(iter(sources.values()), "DiploKG"),
        entities={node: entity for node, entity in known.items() if everyone or node in used},
        edges=all_edges,
        events=all_events,
        claims=claims(store),
        states=all_states,
        sources=dict(sorted(sources.items())),
        as_of=as_of.isoformat() if as_of else "",
        horizon=day.isoformat() if day else "",
        documents=documents(store),
        feeds=feeds,
    )


def _wholes(known: Mapping[str, EntityRecord], parts: Iterable[str]) -> set[str]:
    """Everything that some entities are part of, and what that is part of in turn."""
    found: set[str] = set()
    rim = set(parts)
    while rim:
        rim = {whole for node in rim if node in known for whole in known[node].part_of} - found
        found |= rim
    return found


def documents(store: Store) -> dict[str, Document]:
    """Read what is needed to cite each source."""
    text = """SELECT ?s ?title (SAMPLE(?name) AS ?publisher) (SAMPLE(?day) AS ?published) (SAMPLE(?url) AS ?address)
      (SAMPLE(?note) AS ?access) WHERE { ?s a dip:Source ; rdfs:label ?title .
      OPTIONAL { ?s schema:publisher ?by . ?by rdfs:label ?name . FILTER(LANG(?name) = "en") }
      OPTIONAL { ?s dip:edtf ?day } OPTIONAL { ?s schema:url ?url } OPTIONAL { ?s rdfs:comment ?note }
    } GROUP BY ?s ?title"""
    rows = sorted(query.rows(store, text), key=lambda row: (row["s"], row["title"]))
    return {
        local_name(row["s"]): Document(row["title"], row["publisher"], row["published"], row["address"], row["access"])
        for row in rows
    }


__all__ = [
    "claims",
    "documents",
    "edges",
    "entities",
    "events",
    "evidence",
    "facts",
    "find",
    "folded",
    "horizon",
    "kind",
    "picture",
    "said",
    "source",
    "states",
    "touching",
    "values",
    "when",
]
