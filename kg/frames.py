"""Records or rows of terms in, a pandas frame out; pandas is an extra and is imported here, late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode

from kg.errors import UsageError
from kg.terms import XSD, compact

if TYPE_CHECKING:
    import pandas


def frame(
    records: Iterable[Mapping[str, Any]], days: Iterable[str] = (), columns: Sequence[str] | None = None
) -> pandas.DataFrame:
    """Make a frame with a row for each record; the columns in `days` become timestamps.

    `columns` names them in their order, also where there is no record.

    Raises:
        UsageError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise UsageError("pandas is not installed.", hint="pip install 'diplokg[analysis]'") from error
    made = pandas.DataFrame([dict(record) for record in records], columns=columns)
    for name in days:
        made[name] = pandas.to_datetime(made[name])
    return made


def answer(variables: Sequence[str], rows: Iterable[Sequence[Any]]) -> pandas.DataFrame:
    """Make a frame of the rows of a SELECT; a column that holds nothing but days becomes timestamps.

    Raises:
        UsageError: pandas is not installed.
    """
    walked = list(rows)
    days = [
        name
        for name, column in zip(variables, zip(*walked, strict=True), strict=False)
        if {getattr(term, "datatype", None) for term in column if term is not None} == {NamedNode(f"{XSD}date")}
    ]
    return frame((dict(zip(variables, map(plain, row), strict=True)) for row in walked), days, variables)


def plain(term: Any) -> Any:
    """A term as Python has it: ids as CURIEs, numbers and truths as such, all else as text.

    >>> plain(Literal(3)), plain(NamedNode("https://w3id.org/diplokg/id/gustavo-petro")), plain(None)
    (3, 'id:gustavo-petro', None)
    """
    if isinstance(term, NamedNode):
        return compact(term.value)
    if not isinstance(term, Literal):
        return None if term is None else str(term)
    kind = term.datatype.value.removeprefix(XSD)
    if kind == "integer":
        return int(term.value)
    if kind in ("decimal", "double", "float"):
        return float(term.value)
    return term.value in ("true", "1") if kind == "boolean" else term.value
