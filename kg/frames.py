"""Records in, a pandas frame out; pandas is an extra and is imported here, late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError

if TYPE_CHECKING:
    import pandas


def frame(records: Iterable[Mapping[str, Any]], days: Iterable[str] = ()) -> pandas.DataFrame:
    """Make a frame with a row for each record; the columns in `days` become timestamps.

    Raises:
        UsageError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise UsageError("pandas is not installed.", hint="pip install 'diplokg[analysis]'") from error
    made = pandas.DataFrame([dict(record) for record in records])
    for name in days:
        made[name] = pandas.to_datetime(made[name])
    return made
