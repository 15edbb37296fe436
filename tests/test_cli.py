"""The command line: results on stdout and talk on stderr, formats, exit codes, and errors of one line each."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from kg import export
from kg.cli import cli
from kg.lines import width_of

ROOT = Path(export.__file__).parent.parent
WHO = "SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }"
NONE = "SELECT ?who WHERE { ?who rel:sanctioned id:cnn }"
PRODUCT = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
Run = Callable[..., Any]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def piped(*args: object, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, with pipes."""
    return subprocess.run(
        [sys.executable, "-m", "kg", *map(str, args)],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
        **more,
    )


def on_terminal(*args: object, columns: int = 80, **more: str) -> tuple[int, str]:
    """Run the command on a pseudo-terminal; give its exit code and what it shows, styling included."""
    import fcntl
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    variables = {name: value for name, value in environment(**more).items() if name != "COLUMNS"}
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", *map(str, args)], stdout=follower, stderr=follower, env=variables
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # Linux says EIO when the other side is closed
            break
        if not part:
            break
        shown += part
    os.close(leader)
    return process.wait(), shown.decode("utf-8", "replace").replace("\r\n", "\n")


# Where a query comes from


def test_a_query_is_a_text_a_file_a_stream_or_a_name(kg: Run, built: Path, tmp_path: Path) -> None:
    (tmp_path / "own.rq").write_text(WHO, encoding="utf-8")
    told = [
        kg("query", WHO, "--store", built),
        kg("query", tmp_path / "own.rq", "--store", built),
        kg("query", "-", "--store", built, stdin=WHO),
    ]
    assert len({done.out for done in told}) == 1
    assert all((done.code, done.err) == (0, "") for done in told)
    assert kg("query", "who-sanctioned-whom", "--store", built).code == 0


def test_the_store_comes_from_the_environment(kg: Run, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = piped("query", WHO, "--store", built)
    monkeypatch.setenv("KG_STORE", str(built))
    assert piped("query", WHO).stdout == done.stdout


def test_parameters_name_entities_as_people_do(kg: Run, built: Path) -> None:
    text = "SELECT ?what WHERE { ?what dip:target ?who ; a dip:Sanctioning }"
    done = kg("query", text, "-p", "who=petro", "-f", "csv", "--store", built)
    assert done.out.splitlines()[1:] == ["https://w3id.org/diplokg/id/treasury-sanctions-petro"]
    assert kg("query", text, "-p", "?who=Gustavo Petro", "-f", "csv", "--store", built).out == done.out


def test_as_of_is_a_parameter(kg: Run, built: Path) -> None:
    def certainty(day: str) -> list[str]:
        done = kg("query", "sanctions-in-force", "--as-of", day, "-f", "jsonl", "--store", built)
        rows = [json.loads(line) for line in done.out.splitlines()]
        return [row["certainty"] for row in rows if row["measure"] == "id:measure-sanctions-petro"]

    assert [certainty(day) for day in ("2025-12-01", "2025-10-10", "2025-09-30")] == [["certain"], ["possible"], []]


# Formats


def test_a_pipe_gets_a_machine_format(kg: Run, built: Path) -> None:
    done = kg("query", WHO, "--store", built)
    result = parse_query_results(done.out.encode(), format=QueryResultsFormat.JSON)
    assert [str(row[0]) for row in result] == ["<https://w3id.org/diplokg/id/us-treasury>"]  # type: ignore[union-attr]
    described = kg("query", "DESCRIBE id:gustavo-petro", "--store", built)
    assert len(list(parse(described.out.encode(), format=RdfFormat.TURTLE))) > 5
    assert json.loads(kg("show", "petro", "--store", built).out)["entity"]["id"] == "gustavo-petro"


def test_a_terminal_gets_what_eyes_read(built: Path) -> None:
    code, shown = on_terminal("query", WHO, "--store", built)
    assert (code, shown) == (0, "who\n──────────────\nid:us-treasury\n")
    code, shown = on_terminal("show", "petro", "--store", built)
    assert code == 0
    assert shown.startswith("\x1b[1mGustavo Petro\x1b[0m\n")
    code, shown = on_terminal("query", "ASK { ?s ?p ?o }", "--store", built)
    assert (code, shown) == (0, "true\n")


@pytest.mark.parametrize("columns", [80, 140])
def test_a_terminal_is_not_overrun(built: Path, columns: int) -> None:
    for command in (["show", "petro"], ["query", "accusations-and-denials"], ["stats"], ["questions"]):
        store = [] if command == ["questions"] else ["--store", built]
        code, shown = on_terminal(*command, *store, columns=columns)
        assert code == 0
        plain = re.sub(r"\x1b\[\d*m", "", shown)
        assert [line for line in plain.splitlines() if width_of(line) > columns] == [], command


def test_a_terminal_without_the_letters_gets_question_marks(built: Path) -> None:
    code, shown = on_terminal("show", "claim-petro-makes-cocaine", "--store", built, PYTHONIOENCODING="latin-1")
    assert code == 0
    assert "?Petro makes cocaine?" in shown


@pytest.mark.parametrize("wish", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colours_gets_none(built: Path, wish: dict[str, str]) -> None:
    code, shown = on_terminal("show", "claim-petro-makes-cocaine", "--store", built, columns=80, **wish)
    assert code == 0
    assert shown.startswith("“Petro makes cocaine”\n  claim, not a fact · ")
    assert "\x1b" not in shown


def test_data_passes_a_pipe_untouched(kg: Run, built: Path) -> None:
    """What looks like a colour is part of the data here."""
    done = kg("query", 'SELECT ("\x1b[31mred\x1b[0m" AS ?text) WHERE {}', "-f", "csv", "--store", built)
    assert done.out == "text\r\n\x1b[31mred\x1b[0m\r\n"


def test_the_given_format_wins(built: Path, kg: Run, tmp_path: Path) -> None:
    code, shown = on_terminal("query", WHO, "-f", "csv", "--store", built)
    assert (code, shown.split()) == (0, ["who", "https://w3id.org/diplokg/id/us-treasury"])
    target = tmp_path / "answer.csv"
    assert kg("query", WHO, "-f", "jsonl", "-o", target, "--store", built).code == 0
    assert target.read_text(encoding="utf-8") == '{"who": "id:us-treasury"}\n'


def test_the_name_of_the_file_says_the_format(kg: Run, built: Path, tmp_path: Path) -> None:
    for name in ("a.csv", "a.tsv", "a.json", "a.jsonl", "a.xml", "a.md", "a.txt"):
        done = kg("query", WHO, "-o", tmp_path / name, "--store", built)
        assert (done.code, done.out) == (0, "")
    assert next(csv.reader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8")))) == ["who"]
    assert (tmp_path / "a.md").read_text(encoding="utf-8").startswith("| who |")
    done = kg("query", "DESCRIBE id:petro", "-o", tmp_path / "a.nt", "--store", built)
    assert done.code == 0


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["query", WHO, "-f", "tabel"], "'tabel' is not a format for rows. Did you mean 'table'?"),
        (
            ["query", "DESCRIBE id:petro", "-f", "turtel"],
            "'turtel' is not a format for a graph. Did you mean 'turtle'?",
        ),
        (["query", WHO, "-o", "a.docx"], "a.docx: the name does not say the format. Add -f, for example -f csv."),
        (["export", "-f", "gefx"], "'gefx' is not an export format. Did you mean 'gexf'?"),
        (["show", "petro", "-f", "xml"], "'xml' is not a format here. Use one of: text, json."),
        (["stats", "-f", "xml"], "'xml' is not a format here. Use one of: text, json, turtle."),
    ],
)
def test_an_unknown_format_is_told(kg: Run, built: Path, args: list[str], told: str) -> None:
    done = kg(*args, "--store", built)
    assert (done.code, done.out, done.err) == (2, "", f"kg: {told}\n")


# Files


def test_a_failed_run_leaves_the_old_file(kg: Run, built: Path, tmp_path: Path) -> None:
    target = tmp_path / "answer.csv"
    target.write_text("old", encoding="utf-8")
    assert kg("query", "SELECT ?s WHERE { ?s ?p ?o }", "--max-rows", 3, "-o", target, "--store", built).code == 1
    assert kg("query", "SELECT ?s WHERE {", "-o", target, "--store", built).code == 2
    assert kg("export", "-f", "nonsense", "-o", target, "--store", built).code == 2
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["answer.csv"]


def test_a_place_that_cannot_be_written_is_told(kg: Run, built: Path, tmp_path: Path) -> None:
    done = kg("export", "-o", tmp_path / "none" / "graph.ttl", "--store", built)
    assert done.code == 3
    assert re.fullmatch(r"kg: .+graph\.ttl: cannot be written: .+\. Choose another place with -o\.\n", done.err)


def test_a_full_disk_leaves_the_old_file(built: Path, tmp_path: Path) -> None:
    """The limit of the file size stands for the full disk."""
    target = tmp_path / "graph.ttl"
    target.write_text("old", encoding="utf-8")
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); from kg.cli import run; sys.exit(run(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, "export", "-o", str(target), "--store", str(built)],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 3
    assert "cannot be written: File too large" in done.stderr
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    "command", [["export"], ["query", "SELECT * WHERE { ?s ?p ?o }"], ["show", "petro"], ["--help"]]
)
@pytest.mark.parametrize("reader", ["head -1", "true"])
def test_a_reader_that_stops_early_is_no_error(built: Path, command: list[str], reader: str) -> None:
    store = "" if command == ["--help"] else f"--store '{built}'"
    words = " ".join(f"'{word}'" for word in command)
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m kg {words} {store} | {reader}; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"
    assert len(done.stdout.splitlines()) == (2 if reader == "head -1" else 1)


# Limits


def test_a_cut_answer_shows_its_rows_and_says_so(kg: Run, built: Path) -> None:
    done = kg("query", "SELECT ?s WHERE { ?s ?p ?o }", "--max-rows", 3, "-f", "csv", "--store", built)
    assert done.code == 1
    assert len(done.out.splitlines()) == 4
    assert done.err == (
        "kg: The answer has more than 3 rows; it was cut there. Raise --max-rows, or add LIMIT to the query.\n"
    )
    enough = kg("query", WHO, "--max-rows", 1, "-f", "csv", "--store", built)
    assert (enough.code, enough.err) == (0, "")


def test_a_query_is_stopped_when_its_time_is_over(kg: Run, built: Path) -> None:
    begun = time.monotonic()
    done = kg("query", PRODUCT, "--timeout", "1", "--store", built)
    assert time.monotonic() - begun < 2
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "kg: The query took longer than 1 s and was stopped. Raise --timeout, or make the pattern more specific.\n"
    )


def test_ctrl_c_ends_a_query_at_once(built: Path) -> None:
    """The engine holds the thread, so that Python's own handler would wait for it."""
    command = [sys.executable, "-m", "kg", "query", PRODUCT, "--store", str(built)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()) as process:
        time.sleep(1.5)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(5) in (-signal.SIGINT, 130)
        finally:
            process.kill()


def runs(process: Path) -> bool:
    """Whether a process of /proc is there and no zombie."""
    try:
        return process.joinpath("stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="children are found in /proc")
def test_a_query_ends_with_its_time_even_if_nobody_waits(built: Path) -> None:
    command = [sys.executable, "-m", "kg", "query", PRODUCT, "--timeout", "1", "--store", str(built)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        deadline = time.monotonic() + 5
        while not children.read_text(encoding="ascii") and time.monotonic() < deadline:
            time.sleep(0.02)
        engine = Path("/proc") / children.read_text(encoding="ascii").split()[0]
        process.kill()
    assert runs(engine)
    while runs(engine) and time.monotonic() < deadline + 5:
        time.sleep(0.1)
    left_behind = runs(engine)
    if left_behind:
        os.kill(int(engine.name), signal.SIGKILL)
    assert not left_behind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (WHO, 0),
        (NONE, 1),
        ("ASK { ?s ?p ?o }", 0),
        ("ASK { id:cnn rel:sanctioned ?o }", 1),
        ("DESCRIBE id:gustavo-petro", 0),
    ],
)
def test_the_exit_status_tells_whether_something_was_found(kg: Run, built: Path, text: str, code: int) -> None:
    assert kg("query", text, "--exit-status", "--store", built).code == code
    assert kg("query", text, "--store", built).code == 0


# Errors


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["query", "no-such"], 1, "No saved question 'no-such'"),
        (["query", "sanctions-in-forc"], 1, "Did you mean 'sanctions-in-force'?"),
        (["query", "none.rq"], 3, "none.rq: cannot be read: No such file or directory. Check the path."),
        (["query", WHO, "-p", "whoo=petro"], 2, "The query has no variable ?whoo. Did you mean 'who'?"),
        (["query", "accusations-and-denials", "-p", "x=petro"], 2, "has no parameter 'x'. It has: who."),
        (["query", "accusations-and-denials", "-p", "who"], 2, "'who' is not NAME=VALUE. For example: -p who=petro"),
        (["query", "accusations-and-denials", "-p", "who=nicolas"], 2, "may be: nicolas-maduro, nicolas-petro."),
        (["query", "accusations-and-denials", "-p", "who=petroo"], 1, "Did you mean 'petro'?"),
        (["query", WHO, "--as-of", "2025-12-01"], 2, "The query has no day to ask for."),
        (
            ["query", "sanctions-in-force", "--as-of", "2025-13-01"],
            2,
            "'2025-13-01' is not a date: there is no month 13.",
        ),
        (["query", "INSERT DATA { <urn:a> <urn:b> 1 }"], 2, "line 1, column 1: INSERT belongs to updates"),
        (["query", "LOAD <http://127.0.0.1:9/>"], 2, "line 1, column 1: LOAD belongs to updates"),
        (["query", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"], 2, "SERVICE would send the query"),
        (["query", "SELECT * " + "{" * 5000 + "}" * 5000], 2, "nests or chains too much for the engine"),
        (["show", "nicolas"], 2, "'nicolas' may be: nicolas-maduro, nicolas-petro."),
        (["show", "petroo"], 1, "Nothing here is called 'petroo'. Did you mean 'petro'?"),
        (["show", "petro", "--as-of", "yesterday"], 2, "yesterday"),
        (["timeline", "petro", "--since", "2025-02-30"], 2, "2025-02-30"),
        (["path", "petro", "petro"], 2, "one and the same: id:gustavo-petro."),
        (["path", "petro", "gonzalo-zegarra"], 1, "No way leads from gustavo-petro to gonzalo-zegarra"),
        (["query", WHO, "--max-rows", "0"], 2, "`kg query --help` explains."),
        (["query", WHO, "--timeout", "0"], 2, "`kg query --help` explains."),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_an_error_is_one_line_with_its_exit_code(kg: Run, built: Path, args: list[str], code: int, told: str) -> None:
    done = kg(*args, "--store", built)
    assert done.code == code
    assert done.out == ""
    assert told in done.err
    assert done.err.startswith("kg: ")
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err


def test_a_syntax_error_is_shown_where_it_is(kg: Run, built: Path) -> None:
    text = "SELECT ?x WHERE {\n  ?x rdfs:label ?l\n  FILTR(?l)\n}"
    done = kg("query", text, "--store", built)
    assert done.code == 2
    lines = done.err.splitlines()
    assert lines[0].startswith("kg: line 3, column 3: ")
    assert lines[1].strip() == "FILTR(?l)"
    assert lines[2].index("^") == lines[1].index("FILTR")
    assert "Did you mean 'FILTER'?" in lines[2]


def test_a_stream_that_is_not_text_is_told(built: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg", "query", "-", "--store", str(built)],
        input=b"SELECT \xff",
        capture_output=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr == b"kg: -: byte 7 is not UTF-8. Save the query as UTF-8.\n"


@pytest.mark.parametrize("command", [["query", WHO], ["show", "petro"], ["export"], ["view", "-o", "-"], ["stats"]])
def test_without_a_build_one_is_told_how_to_make_it(kg: Run, tmp_path: Path, command: list[str]) -> None:
    done = kg(*command, "--store", tmp_path / "none")
    assert done.code == 3
    assert done.err.endswith("none: no build found. Make one with `kg build`, or name one with --store.\n")


# Help


def test_kg_alone_shows_how_to_begin(kg: Run) -> None:
    done = kg()
    assert (done.code, done.err) == (0, "")
    assert done.out == kg("--help").out == kg("-h").out
    assert "Start with `kg tour`." in done.out
    assert "Exit codes: 0 fine, 1 problems in data or nothing such, 2 usage" in done.out


def test_every_command_explains_itself_in_whole_sentences(kg: Run) -> None:
    listed = kg("--help").out
    for name in cli.commands:
        assert f"\n  {name} " in listed
        done = kg(name, "--help")
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith(f"Usage: kg {name} ")
    assert not re.search(r"\n  \w+ +[^\n]+\.\.\.\n", listed), "cut short: give it a short_help"


def test_a_misspelt_command_is_told_with_the_nearest(kg: Run) -> None:
    done = kg("shwo", "petro")
    assert done.code == 2
    assert done.err.startswith("kg: No such command 'shwo'.")
    assert "show" in done.err


def test_the_questions_are_listed_for_eyes_and_for_machines(kg: Run) -> None:
    listed = json.loads(kg("questions").out)
    assert {"name", "title", "description", "parameters", "text"} == set(listed[0])
    text = kg("questions", "-f", "text").out
    assert "accusations-and-denials -p who=petro\n    Who accused somebody of what, and what was answered\n" in text
    assert text.count("\n") == 2 * len(listed)
    assert kg("questions", "accusations-and-denials").out.startswith("# title: ")
    assert kg("questions", "-f", "xml").code == 2


def test_the_doctor_tells_versions_paths_and_the_build(kg: Run, built: Path, tmp_path: Path) -> None:
    done = kg("doctor", "--store", built)
    assert (done.code, done.err) == (0, "")
    told = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert {"diplokg", "python", "pyoxigraph", "PyYAML", "pandas", "starlette", "ontology", "data"} < set(told)
    assert re.fullmatch(
        r".+: 1 source, \d+ entities, \d+ events, \d+ claims, \d+ measures, [\d,]+ quads", told["build"]
    )
    assert "missing" not in done.out
    none = kg("doctor", "--store", tmp_path)
    assert none.code == 0
    assert "no build found. Make one with `kg build`" in none.out
    assert "http://127.0.0.1:1/: " in kg("doctor", "--store", "http://127.0.0.1:1/").out


def test_the_version_is_told(kg: Run) -> None:
    assert re.fullmatch(r"kg, version \d+\.\d+\.\d+\n", kg("--version").out)


def test_a_bug_shows_its_traceback_only_when_asked(kg: Run, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError("a slip of ours")

    monkeypatch.setattr(cli.commands["show"], "callback", broken)
    done = kg("show", "petro", "--store", built)
    assert done.code == 70
    assert done.err == (
        "kg: a bug: ZeroDivisionError: a slip of ours. Run it again as `kg --debug …` for the traceback.\n"
    )
    with pytest.raises(ZeroDivisionError):
        kg("--debug", "show", "petro", "--store", built)


# What is loaded


@pytest.mark.parametrize("command", [["--help"], ["query", "who-sanctioned-whom"], ["query", WHO], ["questions"]])
def test_the_quick_commands_load_nothing_heavy(built: Path, command: list[str]) -> None:
    code = (
        "import sys\nfrom kg.cli import run\nassert run(sys.argv[1:]) == 0\n"
        "print([m for m in ('rdflib', 'networkx', 'pyvis', 'pyshacl', 'yaml', 'asyncio') if m in sys.modules], "
        "file=sys.stderr)"
    )
    store = ["--store", str(built)] if command[0] == "query" else []
    done = subprocess.run(
        [sys.executable, "-c", code, *command, *store], capture_output=True, text=True, env=environment(), check=True
    )
    assert done.stderr == "[]\n"
