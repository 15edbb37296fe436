"""Local names and titles out of a feed's own words; the same words give the same name in every run."""

from __future__ import annotations

import re
import unicodedata

from kg.terms import minted

_LONGEST = 80


def slug(text: str) -> str:
    """Write words as a local name in lower-case ASCII; words that leave nothing, or too much, get a digest.

    >>> slug("Côte d’Ivoire"), slug("President Álvaro Uribe Vélez")
    ('cote-divoire', 'president-alvaro-uribe-velez')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    if name := "-".join(re.findall("[a-z0-9]+", plain.replace("'", ""))):
        return name if len(name) <= _LONGEST else minted(name[:40].rstrip("-"), text)
    return minted("x", text)


def words(name: str) -> str:
    """Write a local name as words.

    >>> words("papua-new-guinea"), words("trinidad-and-tobago")
    ('Papua New Guinea', 'Trinidad and Tobago')
    """
    small = {"and", "of", "the", "to", "for"}
    return " ".join(part if n and part in small else part.capitalize() for n, part in enumerate(name.split("-")))
