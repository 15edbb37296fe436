"""The ontology as documentation: the declared terms of a namespace, in groups."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kg.terms import DIP, OWL, RDF, RDFS, SKOS, local_name
from kg.web.site import Site

_GROUPS = {
    f"{OWL}Class": "Classes",
    f"{OWL}ObjectProperty": "Properties between things",
    f"{OWL}DatatypeProperty": "Properties with values",
    f"{SKOS}Concept": "Concepts",
}
_SAID = {
    f"{RDFS}subClassOf": "narrower than", f"{RDFS}subPropertyOf": "narrower than", f"{RDFS}domain": "of",
    f"{RDFS}range": "to", f"{DIP}directPredicate": "direct edge", f"{DIP}plover": "PLOVER", f"{DIP}ploverMode": "mode",
    f"{DIP}cameo": "CAMEO", f"{DIP}quadClass": "quad class", f"{DIP}goldstein": "Goldstein",
    f"{SKOS}inScheme": "in scheme", f"{SKOS}broader": "narrower than", f"{SKOS}notation": "notation",
    f"{OWL}inverseOf": "inverse of", f"{SKOS}example": "example", f"{SKOS}scopeNote": "use",
    f"{SKOS}exactMatch": "same as",
    f"{SKOS}closeMatch": "close to",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One term: its names, its definition, and what else is declared of it."""

    iri: str
    name: str
    label: str
    other_labels: tuple[str, ...]
    definition: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]


def terms_of(site: Site, namespace: str) -> dict[str, list[Entry]]:
    """The terms of a namespace by kind; what is of no known kind stands last."""
    read: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for row in site.ontology(namespace):
        read[row["s"]][row["p"]].append((row["o"], row["lang"]))
    groups: dict[str, list[Entry]] = {name: [] for name in (*_GROUPS.values(), "Other")}
    for iri, own in sorted(read.items()):
        kinds = [_GROUPS[kind] for kind, _ in own[f"{RDF}type"] if kind in _GROUPS]
        name = local_name(iri)
        if name:
            groups[kinds[0] if kinds else "Other"].append(_entry(iri, name, own))
    return {name: entries for name, entries in groups.items() if entries}


def _entry(iri: str, name: str, own: dict[str, list[tuple[str, str]]]) -> Entry:
    labels = sorted(own[f"{RDFS}label"] or own[f"{SKOS}prefLabel"], key=lambda each: (each[1] != "en", each))
    told = own[f"{SKOS}definition"] or own[f"{RDFS}comment"]
    facts = [(word, tuple(sorted(o for o, lang in own[p] if lang in ("", "en")))) for p, word in _SAID.items()]
    return Entry(
        iri,
        name,
        labels[0][0] if labels else name,
        tuple(label for label, _ in labels[1:]),
        next((text for text, lang in told if lang in ("en", "")), ""),
        tuple((word, values) for word, values in facts if values),
    )
