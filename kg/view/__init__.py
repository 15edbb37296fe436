"""The interactive network page: a `Picture` comes in, one offline HTML text or a pyvis network goes out.

Commands and the web may use this package; it knows no RDF and asks no store.
"""

from kg.view.model import network
from kg.view.page import draw, places_in

__all__ = ["draw", "network", "places_in"]
