"""Who was met, read out of the Office's remarks: a verb of meeting, then titles with names, up to the sentence's end.

Nothing of the sentence itself is kept. What comes out is a guess with a confidence (`CONFIDENCE`): of 160 remarks drawn
by chance and read by a person, 125 persons came out, one of them with a wrong name, and three more were missed. What
the Office coded itself never passes through here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.feeds.historyatstate.parties import TITLE

CONFIDENCE = {"met": "0.95", "country": "0.85", "joined": "0.7"}

_PARTICLE = r"(?:de|da|do|dos|del|della|di|du|la|le|los|van|von|der|den|ter|bin|bint|ibn|ben|ould|al|el|zu|y|e|of)"
_WORD = (
    r"(?:[A-HJ-UWYZ]\.(?:[A-Z]\.)*(?=[\s,])|[JS]r\.|St\.(?= )"
    r"|(?:[ad]l?|[ae]l|as|an|ash|d)[-’'][A-Z][\w’'-]*|[A-Z\u00c0-\u024f][\w’'‘-]*)"
)
_NAME = rf"{_WORD}(?: (?:{_PARTICLE} ){{0,2}}{_WORD}| (?:{_PARTICLE} ){{1,2}}{_WORD})*"
_ORIGIN = r"(?P<origin>(?:[A-Z][\w’.-]+ ){0,3}?)"
_PERSON = re.compile(rf"{_ORIGIN}\b(?P<title>{TITLE}) (?!of\b|for\b)(?P<name>{_NAME})")
_MEETING = re.compile(
    r"\b(?:met\b(?: \w+){0,2}? with|met(?= (?:[A-Z]|the ))|meetings?(?: \w+){0,2} with|audiences? with"
    r"|conferred(?: \w+)? with"
    r"|(?:talks|negotiations|conferences?|conversations?) with|consult(?:ed|ations)(?: \w+)? with"
    r"|(?:discuss|review|negotiat)(?:ed|ions?)\b[^.;]*? with|briefed|greeted"
    r"|(?:luncheon|lunch|breakfast|dined|dinner)(?: \w+)? with|hosted by|received by)\b",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"(?<![ .][A-Z])(?<!\bJr)(?<!\bSr)(?<!\bSt)(?<!\bGen)(?<!U\.S)[.;](?=\s|$)|\[|\("
    r"|(?:,? (?:and|then|before|after|while|during|to|at|for|on|about|regarding|concerning)|,) "
    r"(?:also )?(?:attend|address|visit|sign|deliver|announc|participat|accompan|laid|open|dedicat|spoke|tour|present"
    r"|depart|return|commemorat|celebrat|the (?:funeral|inaugurat))\w*",
)
_ASIDE = re.compile(r"(?:of (?:the )?(?:[Ff]ormer|late)|funeral|inauguration"
                    r"|memory|death|behalf|letter|invitation|visit|successor|late|wife|widow|son"
                    r"|burial|wedding|coronation|departure|assassination|illness)\b[^,;.]{0,30}$")  # fmt: skip
_NO_NAME = re.compile(r"(?:January|February|March|April|June|July|August|September|October|November"
                      r"|December|NATO|UN|EU|U\.?S\.?|Minister|Ministers|President|Council|Conference|Secretary"
                      r"|General)\Z")  # fmt: skip
_NOT_ORIGIN = frozenset(("Met", "With", "The", "Audience", "Also", "Briefed", "Discussed", "Former", "Prime", "Deputy",
                         "States", "Representatives", "His", "Her", "Holiness", "Majesty"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Met:
    """A person read out of a remark: the words before the title (`Russian`), title and name, and how sure we are."""

    origin: str
    title: str
    name: str
    confidence: str


def met(remark: str) -> Iterator[Met]:
    """Yield each person whom a remark says was met, once.

    >>> [(m.origin, m.title, m.name) for m in met("Met with President Fox and Russian Foreign Minister Ivanov.")]
    [('', 'President', 'Fox'), ('Russian', 'Foreign Minister', 'Ivanov')]
    >>> list(met("Attended the funeral of King Hussein."))
    []
    """
    seen: set[tuple[str, str]] = set()
    for found in _MEETING.finditer(remark):
        region = _STOP.split(remark[found.end() :], maxsplit=1)[0]
        for person in _PERSON.finditer(region):
            name = re.sub(r"[’']s\Z", "", person["name"]).strip(" ,")
            if _NO_NAME.search(name) or _ASIDE.search(region[: person.start()]):
                continue
            if (person["title"], name) in seen:
                continue
            seen.add((person["title"], name))
            origin = " ".join(word for word in (person["origin"]).split() if word not in _NOT_ORIGIN)
            yield Met(origin, person["title"], name, _confidence(remark, found, origin))


def _confidence(remark: str, found: re.Match[str], origin: str) -> str:
    if re.search(r"\b(?:[Aa]ccompanied|[Jj]oined)\b", remark[: found.start()].rpartition(". ")[2]):
        return CONFIDENCE["joined"]
    return CONFIDENCE["country" if origin else "met"]


def names_somebody(remark: str) -> bool:
    """Whether a remark names a person with a title at all."""
    return _PERSON.search(remark) is not None
