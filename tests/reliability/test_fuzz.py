"""Requests that no honest client would send: no traceback, no 5xx but the documented 503, and the server lives on."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from tests.web.conftest import Server

COUNT = 10_000 if os.environ.get("KG_LONG") else 600
WHO = "SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }"


def fuzzed(source: random.Random) -> Iterator[tuple[str, str, dict[str, str], bytes]]:
    """Requests no honest client would send."""
    paths = [
        "/",
        "/sparql",
        "/id/gustavo-petro",
        "/id/{}",
        "/questions/{}",
        "/search",
        "/timeline",
        "/view",
        "/labels",
        "/ns",
        "/ns.{}",
        "/query",
        "/search.json",
        "/static/{}",
        "/{}",
    ]
    names = [
        "query",
        "q",
        "one",
        "other",
        "since",
        "until",
        "as_of",
        "who",
        "asOf",
        "format",
        "default-graph-uri",
        "about",
        "update",
        "all",
    ]
    words = [
        "",
        "petro",
        "2025-13-45",
        "2025-10-01",
        "%00",
        "%ff%fe",
        "../../etc/passwd",
        "<script>alert(1)</script>",
        "ASK {}",
        "SELECT * {?s ?p ?o} LIMIT 1",
        "'",
        '"',
        "\u202e",
        "9" * 5000,
        "{" * 50,
        "http://[::1",
        "id:gustavo-petro",
        "x" * 3000,
        "-1",
        "None",
        "é\u0301",
        "\U0001f600",
    ]
    kinds = [
        "",
        "text/html",
        "application/json",
        "*/*",
        "text/turtle;q=2",
        ";;;,,,",
        "a/b;q=x",
        "application/sparql-results+xml",
    ]
    types = [
        "application/x-www-form-urlencoded",
        "application/sparql-query",
        "application/json",
        "multipart/form-data",
        "",
        "\xe9",
    ]
    while True:
        method = source.choice(["GET"] * 6 + ["POST"] * 3 + ["PUT", "HEAD", "OPTIONS", "DELETE", "TRACE", "BREW"])
        path = source.choice(paths).format(source.choice(words).replace(" ", "%20").replace("#", ""))
        fields = "&".join(
            f"{source.choice(names)}={httpx.QueryParams({'v': source.choice(words)})['v']}"
            for _ in range(source.randrange(4))
        )
        headers = {
            "accept": source.choice(kinds),
            "content-type": source.choice(types),
            "if-none-match": source.choice(["", "*", 'W/"x"']),
        }
        body = source.choice(
            [
                b"",
                b"\xff\xfe",
                b"[" * 3000,
                b"query=ASK{}",
                b"ASK {}",
                b'["urn:a", 1, null]',
                bytes(source.randrange(256) for _ in range(50)),
            ]
        )
        yield method, f"{path}?{fields}", {k: v for k, v in headers.items() if v}, body


def test_fuzzed_requests_meet_no_bug(tight: Server, promise: Callable[..., None]) -> None:
    source, sent, bad = random.Random(20261122), 0, []
    requests = fuzzed(source)
    with httpx.Client(timeout=30) as client:
        while sent < COUNT:
            method, path, headers, body = next(requests)
            try:
                request = client.build_request(
                    method,
                    tight.url.rstrip("/") + path,
                    content=body,
                    headers={name.encode(): value.encode("latin-1") for name, value in headers.items()},
                )
            except (httpx.InvalidURL, ValueError):
                continue
            sent += 1
            try:
                answer = client.send(request)
            except httpx.TransportError as error:
                bad.append((method, path[:200], headers, 0, repr(error)))
                continue
            if (answer.status_code >= 500 and answer.status_code != 503) or "Traceback" in answer.text:
                bad.append((method, path[:200], headers, answer.status_code, answer.text[:300]))
    assert not bad
    assert "Traceback" not in tight.log.read_text()
    assert tight.rows(WHO)
    promise("fuzzed requests meet no traceback and no 5xx but 503", tried=sent, survived=sent - len(bad))
