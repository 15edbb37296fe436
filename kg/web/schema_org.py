"""What a page is about, in the words that search engines read: schema.org as JSON-LD inside the page.

What did not happen, or is only claimed, is never written as an event: claims are `Claim`, the rest gets no more than a
`WebPage`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kg.records import Evidence
from kg.terms import ID, WD
from kg.web.site import Site

_TYPES = {
    "person": "Person", "state": "Country", "place": "Place", "company": "Corporation",
    "publisher": "NewsMediaOrganization",
    **dict.fromkeys(("government", "ministry", "agency", "body", "armed-force"), "GovernmentOrganization"),
}  # fmt: skip
Described = dict[str, Any]


def describe(site: Site, node: str, kind: str) -> Described:
    """Describe a thing in schema.org."""
    own = _MAKERS.get(kind, _page)(site, node)
    kept = {key: value for key, value in own.items() if value not in ("", [], None)}
    return {"@context": "https://schema.org", "@id": ID + node, **kept, "url": ID + node}


def _thing(site: Site, node: str) -> Described:
    entity = site.entities.get(node)
    kind = _TYPES.get(entity.type, "Organization") if entity else "Thing"
    return {"@type": kind, "@id": ID + node, "name": site.label(node)}


def _entity(site: Site, node: str) -> Described:
    entity = site.entities[node]
    return {
        **_thing(site, node),
        "alternateName": [*dict.fromkeys((*(t for _, t in entity.labels[1:]), *entity.aliases))],
        "description": entity.description,
        "sameAs": f"{WD}{entity.wikidata}" if entity.wikidata else "",
    }


def _event(site: Site, node: str) -> Described:
    event = site.events[node]
    if event.factuality != "Actual":
        return {**_page(site, node), "description": f"{event.factuality}; not known to have happened."}
    return {
        "@type": "Event",
        "name": event.label,
        "startDate": event.earliest,
        "endDate": event.latest,
        "organizer": [_thing(site, n) for n in event.actors],
        "about": [_thing(site, n) for n in (*event.targets, *event.about)],
        "subjectOf": _sources(site, event.evidence),
    }


def _claim(site: Site, node: str) -> Described:
    claim = site.claims[node]
    speakers = dict.fromkeys(actor for voice in claim.asserted_by for actor in voice.actors)
    return {
        "@type": "Claim",
        "name": claim.label,
        "creativeWorkStatus": claim.status,
        "author": [_thing(site, n) for n in speakers],
        "about": [_thing(site, n) for n in claim.about],
        "appearance": _sources(site, claim.evidence),
    }


def _source(site: Site, node: str) -> Described:
    source = site.sources[node]
    return {
        "@type": "NewsArticle", "name": source.label, "inLanguage": source.language, "datePublished": source.edtf,
        "publisher": {"@type": "NewsMediaOrganization", "name": source.publisher},
    }  # fmt: skip


def _page(site: Site, node: str) -> Described:
    return {"@type": "WebPage", "name": site.label(node)}


def _sources(site: Site, evidence: tuple[Evidence, ...]) -> list[Described]:
    return [
        {"@type": "NewsArticle", "@id": ID + n, "name": site.label(n)} for n in sorted({e.source for e in evidence})
    ]


_MAKERS: dict[str, Callable[[Site, str], Described]] = {
    "entity": _entity, "event": _event, "claim": _claim, "source": _source,
}  # fmt: skip
