"""A build on the web, read only: a SPARQL 1.1 endpoint, pages for people, and data for machines.

`create_app` makes the ASGI application and `serve` runs it. It may use everything below it but no command and no
analysis. Importing this package loads neither Starlette nor uvicorn, so that a worker process stays small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.web.app import create_app
    from kg.web.server import serve
    from kg.web.settings import Settings

__all__ = ["Settings", "create_app", "serve"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        from kg.web.app import create_app

        return create_app
    if name == "serve":
        from kg.web.server import serve

        return serve
    if name == "Settings":
        from kg.web.settings import Settings

        return Settings
    raise AttributeError(f"module 'kg.web' has no attribute {name!r}")
