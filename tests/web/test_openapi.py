"""The description for tools: complete, and sound in itself. What it says of answers is in `tests/reliability`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.web.app import ROUTES

if TYPE_CHECKING:
    from tests.web.conftest import Server


def test_every_route_is_described_and_no_other(site: Server) -> None:
    described = site.get("openapi.json").json()
    assert described["openapi"].startswith("3.1") and described["info"]["version"]
    routes = {route.path: {method.lower() for method in route.methods or ()} - {"head"} for route in ROUTES}
    one_route = {"/id/{slug}.{suffix}": "/id/{slug}"}
    told = {path: set(each) for path, each in described["paths"].items() if path not in one_route}
    assert told == routes
    assert set(one_route) < set(described["paths"])


def test_every_parameter_in_a_path_is_described(site: Server) -> None:
    for path, methods in site.get("openapi.json").json()["paths"].items():
        for each in methods.values():
            named = {parameter["name"] for parameter in each["parameters"] if parameter["in"] == "path"}
            assert named == {
                part.strip("}") for part in path.replace(".", "/").split("{")[1:] for part in [part.split("}")[0]]
            }
            assert "200" in each["responses"] and each["summary"]
