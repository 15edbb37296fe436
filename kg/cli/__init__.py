"""The command line: options in, one library call, the result out. Four-line commands; the work is in the library.

Results go to standard output, talk to standard error. Errors are translated here and only here.
"""

from __future__ import annotations

import io
import sys
from typing import Any

import click

from kg import __version__
from kg.cli import analyse, ask, compare, curate, feeds, hand_on, link, make, out, read, serve
from kg.errors import DataProblems, KgError
from kg.lines import clean


class _Group(click.Group):
    """Lists the commands in the order of the work."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Keep the order in which the commands were added."""
        return list(self.commands)


@click.group(
    cls=_Group,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 problems in data or nothing such, 2 usage, 3 input/output or network.",
)
@click.version_option(__version__, prog_name="kg")
@click.option("--debug", is_flag=True, help="Show the traceback of a bug.")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:
    """Diplomatic relations as a graph: who did what to whom, when, who says so, and who denies it.

    Start with `kg tour`. Entities are named as people name them: kg show petro.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (
    make.tour,
    make.build,
    curate.check,
    ask.query,
    ask.questions,
    read.show,
    read.timeline,
    read.path,
    analyse.escalation,
    analyse.balance,
    compare.diff,
    compare.report,
    compare.bundle,
    compare.verify,
    feeds.import_,
    link.link,
    hand_on.view,
    hand_on.export,
    serve.serve,
    serve.mcp,
    curate.cite,
    read.stats,
    make.doctor,
):
    cli.add_command(command)


def main(args: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without the letters shows ? and goes on
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="strict")
    sys.exit(run(sys.argv[1:] if args is None else args))


def run(args: list[str]) -> int:
    """Run the command line and return its exit code: 0 fine, 1 data, 2 usage, 3 input/output, 130 interrupted."""
    stdout = sys.stdout
    try:
        code: Any = cli.main(args=args, prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        return _usage(error)
    except KgError as error:
        return _told(error)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return 130
    except (BrokenPipeError, SystemExit) as error:
        if isinstance(error, SystemExit) and sys.stdout is stdout:
            raise
        out.quiet()  # the reader has gone; click then wraps the stream and wants to end with 1
        return 0
    except Exception as error:
        if "--debug" in args:
            raise
        click.echo(
            f"kg: a bug: {type(error).__name__}: {error}. Run it again as `kg --debug …` for the traceback.", err=True
        )
        return 70


def _usage(error: click.ClickException) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "kg"
    click.echo(_shown(f"kg: {error.format_message()} `{command} --help` explains."), err=True)
    return 2


def _told(error: KgError) -> int:
    text = str(error)
    click.echo(_shown(text if isinstance(error, DataProblems) else f"kg: {text}"), err=True)
    return error.exit_code


def _shown(text: str) -> str:
    """Keep what was typed or read from moving the cursor when it is told back."""
    return "\n".join(clean(line) for line in text.split("\n"))
