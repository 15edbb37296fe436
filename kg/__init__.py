"""DiploKG: a knowledge graph of diplomatic relations – who did what to whom, when, who says so, and who denies it.

    import kg
    kg.build()                       # the bundled dossier → ./build
    g = kg.open()
    g.query("SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }")
    g.show("petro")

Importing this package does nothing else; heavy libraries are loaded when a verb needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kg.graph import Graph, open
    from kg.pipeline import build

__all__ = ["Graph", "__version__", "build", "open"]


def __getattr__(name: str) -> Any:
    if name == "build":
        from kg.pipeline import build

        return build
    if name in ("open", "Graph"):
        from kg import graph

        return getattr(graph, name)
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
