"""Names of actors, made comparable: case, accents, punctuation and the article do not count; and how alike two are."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APART = re.compile(r"[^\w]+|_")
_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_TITLES = frozenset(
    (
        *("dr", "general", "king", "minister", "ministro", "mr", "mrs", "ms", "president", "presidente", "prime"),
        *("prince", "queen", "secretary", "senator", "sir"),
    )
)
_LONGEST = 300  # letters of a name that are compared
_OF_ONE_WORD = 80  # each word of one name must be at least so like its counterpart in the other


@lru_cache(maxsize=100_000)
def key(name: str) -> str:
    """Give the form in which names are compared.

    >>> key("  The Côte d'Ivoire "), key("U.S. Department of State"), key("MADURO MOROS, Nicolás")
    ('cote d ivoire', 'us department of state', 'maduro moros nicolas')
    """
    plain = unicodedata.normalize("NFKD", name[:_LONGEST].casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = _APART.split(_DOTTED.sub("", plain))
    return " ".join(word for word in words if word).removeprefix("the ")


def likeness(left: str, right: str, person: bool = False) -> int:
    """Tell how alike two keys are, from 0 to 100: those that differ by spelling or the order of words alone.

    Of a person, a part of the name will do that has two words at least, and counts less; titles do not count, and one
    word is no name.

    >>> likeness("nicolas maduro", "maduro nicolas"), likeness("colombian goverment", "colombian government")
    (100, 97)
    >>> likeness("nicolas maduro", "maduro moros nicolas", person=True), likeness("petro", "gustavo petro", person=True)
    (90, 0)
    >>> likeness("president peres", "president petro", person=True), likeness("yemeni armed forces", "us armed forces")
    (0, 0)
    """
    from rapidfuzz import fuzz

    if person:
        left, right = (" ".join(word for word in name.split() if word not in _TITLES) for name in (left, right))
        shared = set(left.split()) & set(right.split())
        if " " not in left or " " not in right:
            return 0
        if len(shared) > 1 and sorted(left.split()) != sorted(right.split()):
            return round(0.9 * fuzz.token_set_ratio(left, right))
    return round(fuzz.token_sort_ratio(left, right)) if misspelt(left, right) else 0


def misspelt(left: str, right: str) -> bool:
    """Tell whether two keys differ by spelling alone: word by word alike, with the same numbers.

    >>> misspelt("us treasury departament", "us treasury department")
    True
    >>> misspelt("ministry of the interior", "ministry of the exterior"), misspelt("7th fleet", "5th fleet")
    (False, False)
    """
    from rapidfuzz import fuzz

    ours, theirs = sorted(left.split()), sorted(right.split())
    if len(ours) != len(theirs) or re.findall(r"\d+", left) != re.findall(r"\d+", right):
        return False
    return all(fuzz.ratio(one, other) >= _OF_ONE_WORD for one, other in zip(ours, theirs, strict=True))
