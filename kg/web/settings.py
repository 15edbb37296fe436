"""The one frozen set of limits and addresses that a running server obeys."""

from __future__ import annotations

import os
from dataclasses import dataclass

from kg.query import MEMORY

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """What `kg serve` was told; every limit that a client can meet is here."""

    store: str = "build"
    host: str = "127.0.0.1"
    port: int = 8000
    allowed_hosts: tuple[str, ...] = ()
    """Names by which clients may call the server, besides `host` and the loopback names."""
    cors: str = ""
    """Origin that may read the answers from its pages; `*` for all, empty for none."""
    timeout: float = 10.0
    """Seconds that one query may take."""
    max_rows: int = 100_000
    """Rows or triples of one answer."""
    max_bytes: int = 32 * MIB
    """Bytes of one answer, before it is cut."""
    max_query: int = 100_000
    """Characters of a query."""
    max_depth: int = 100
    """Nesting of a query; the engine's parser recurses."""
    workers: int = max(2, min(8, os.cpu_count() or 2))
    memory: int = MEMORY
    """Address space of one worker."""
    queue: int = 256
    """Queries that may wait for a worker."""
    patience: float = 10.0
    """Seconds that a query may wait for a worker, and that a client may take to send its request."""
    cache: int = 16 * MIB
    """Bytes of answers kept for the present build; 0 keeps none."""

    sources: str = ""
    """Folder of the articles, if pages may show the words of the passages."""

    feeds: tuple[str, ...] = ()
    """Imported feeds that are served beside the curated story, everywhere."""

    @property
    def hosts(self) -> frozenset[str]:
        """Host names that are answered."""
        own = {self.host} - {"0.0.0.0", "::", ""}
        return frozenset(
            name.lower().strip("[]") for name in ({"localhost", "127.0.0.1", "::1"} | own | set(self.allowed_hosts))
        )
