"""A data folder in, a report for its curator out: files, graph, and passages held against the articles."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from kg import dossier_format, passages, pipeline, resources, store
from kg.passages import Verdict
from kg.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and the verdict on each passage (none without the articles)."""

    counts: dict[str, int]
    verdicts: tuple[Verdict, ...]

    @property
    def failed(self) -> bool:
        """Whether a passage is not where the dossier says."""
        return any(verdict.status != "ok" for verdict in self.verdicts)

    def summary(self) -> str:
        """One line for the end."""
        names = ("sources", "entities", "events", "claims")
        told = ", ".join(counted(self.counts[name], name) for name in names)
        if not self.verdicts:
            return f"No problems: {told}. Passages not verified (give --sources DIR)."
        by = Counter(verdict.status for verdict in self.verdicts if verdict.passage)
        passages = ", ".join(f"{count:,} {status}" for status, count in sorted(by.items()))
        documents = ", ".join(verdict.status for verdict in self.verdicts if not verdict.passage)
        return f"{told}; {f'sources: {documents}; ' if documents else ''}passages: {passages or 'none verified'}."


def counted(count: int, plural: str) -> str:
    """Say a count with its noun.

    >>> counted(1, "entities"), counted(2_000, "events")
    ('1 entity', '2,000 events')
    """
    singular = f"{plural[:-3]}y" if plural.endswith("ies") else plural[:-1]
    return f"{count:,} {singular if count == 1 else plural}"


def check(data: Path | None = None, sources: Path | None = None) -> Report:
    """Check a data folder as a build would, and with `sources` every passage against its article.

    Raises:
        DataProblems: files or graph hold problems.
        StorageError: something cannot be read.
    """
    gathered = pipeline.gather(data)
    lines = pipeline.quads(gathered)
    pipeline.check(lines, gathered)
    verdicts = tuple(passages.verify(gathered.dossiers, sources)) if sources else ()
    return Report(pipeline.describe(lines, gathered)["counts"], verdicts)


def schema_text() -> str:
    """The JSON Schema of the dossier format, from the tables that also read it and from the vocabulary."""
    words = vocabulary()
    schema = dossier_format.json_schema(
        sorted(words.event_classes.keys() - pipeline.ABSTRACT),
        sorted(words.concepts["MeasureType"]),
        sorted(words.tie_predicates),
    )
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schema(data: Path | None = None) -> Path:
    """Write the JSON Schema into a data folder, where the dossiers name it.

    Raises:
        StorageError: it cannot be written; what was there stays.
    """
    path = resources.data_folder(data) / "dossier.schema.json"
    store.save(path, schema_text().encode())
    return path
