"""Evidence bundles: what a brief rests on, as one zip that a second person can verify without trusting the first.

`make` writes one; `verify` holds one against itself, and against the articles if they are at hand.
"""

from __future__ import annotations

from kg.bundle.make import bundle
from kg.bundle.verify import Check, verify

__all__ = ["Check", "bundle", "verify"]
