"""Commands for curators: check and cite."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import out


@click.command(short_help="Check the data; with --sources every passage.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder with dossiers/ and registers/.")
@click.option("--sources", type=click.Path(path_type=Path), help="Folder of the articles: re-verify every passage.")
@click.option("--write-schema", is_flag=True, help="Write dossier.schema.json of the data folder anew.")
def check(data: Path | None, sources: Path | None, write_schema: bool) -> int:
    """Check the data: every problem with file:line; shapes and rules; with --sources every passage.

    A passage is ok, moved (the new numbers are printed), changed, gone, or its article is missing.
    """
    from kg import curation

    if write_schema:
        out.say(f"Wrote {curation.write_schema(data)}.")
    report = curation.check(data, sources)
    for verdict in report.verdicts:
        if verdict.status != "ok":
            click.echo(str(verdict))
    out.say(report.summary())
    return 1 if report.failed else 0


@click.command(short_help="Print the passage block of words in an article.")
@click.argument("article", type=click.Path(path_type=Path))
@click.argument("words")
@click.option("--speaker", help="Entity whom the passage quotes.")
def cite(article: Path, words: str, speaker: str | None) -> None:
    """Print the passage block of WORDS in ARTICLE, to paste into a dossier."""
    from kg import passages

    found = passages.cite(article, words)
    for passage in found:
        block = passages.block(passage)
        click.echo(f"- {block[:-1]}, speaker: {speaker}}}" if speaker else f"- {block}")
    if len(found) > 1:
        out.say(f"The words stand {len(found)} times; give more of them to choose one.")
