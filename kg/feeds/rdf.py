"""RDF files in, triples out: Turtle, TriG, N-Triples, N-Quads, RDF/XML and JSON-LD, told by the name of the file.

Nothing is fetched: no remote context, no `owl:imports`, no entity of XML that is not written out in the file. Foreign
words stay as they are; words of our vocabulary have to be in it. A blank node is named by what is said of it, so that
the same file gives the same names. A direct edge (`rel:`) stands only beside the node that explains it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, DefaultGraph, Quad, RdfFormat, Triple, parse

from kg import terms
from kg.errors import UNPRINTABLE, DataProblems, Problem, did_you_mean
from kg.feeds.blanks import named
from kg.feeds.files import Source, Unreadable
from kg.feeds.records import Statement, Window
from kg.vocabulary import Vocabulary, vocabulary

FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "rdf": RdfFormat.RDF_XML,
    "owl": RdfFormat.RDF_XML,
    "xml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "json": RdfFormat.JSON_LD,
}
MOST = 256 << 20  # bytes of a file that has to be read whole
_OURS = (terms.DIP, terms.REL, terms.PLOVER)
_TYPE = f"{terms.RDF}type"
_PARTS = (f"{terms.RDF}subject", f"{terms.RDF}predicate", f"{terms.RDF}object")
_IMPORTS = f"{terms.OWL}imports"
_ENTITY = re.compile(r"<!ENTITY\s+(%\s+)?\S+\s+(\"[^\"]*\"|'[^']*'|SYSTEM|PUBLIC)")
_LONGEST_ENTITY = 200
_WHERE = re.compile(r"line (\d+)")


def read(files: Iterable[Source], window: Window) -> Iterator[Statement]:
    """Read all triples of RDF files; what stands in a graph of its own is put with the rest, and counted.

    Raises:
        DataProblems: the name of a file does not tell its format.
    """
    words = vocabulary()
    for source in files:
        form = _format(source)
        quads = _lines(source, form) if form in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS) else _whole(source, form)
        yield from _Sieve(source, words).statements(quads)
        source.tally.check()


def _format(source: Source) -> RdfFormat:
    name = source.member or (source.path.name if source.name.startswith(("http://", "https://")) else source.name)
    ending = name.removesuffix(".gz").rpartition(".")[2].lower()
    if ending not in FORMATS:
        known = ", ".join(f".{each}" for each in FORMATS)
        raise DataProblems([Problem(source.name, 0, "", "the name does not tell the format.", f"End it in {known}.")])
    return FORMATS[ending]


def _lines(source: Source, form: RdfFormat) -> Iterator[tuple[int, Quad]]:
    """The quads of N-Triples or N-Quads, where a line that is none is rejected and the rest goes on."""
    piece: list[tuple[int, str]] = []
    for number, line in source.lines():
        if line.strip() and not line.lstrip().startswith("#"):
            piece.append((number, line.removeprefix("\ufeff")))
        if len(piece) >= 1000:
            yield from _parsed(source, form, piece)
            piece = []
    yield from _parsed(source, form, piece)


def _parsed(source: Source, form: RdfFormat, piece: list[tuple[int, str]]) -> Iterator[tuple[int, Quad]]:
    try:
        found = list(parse("\n".join(line for _, line in piece), format=form, rename_blank_nodes=False))
    except (SyntaxError, MemoryError):
        found = []
    if len(found) == len(piece):
        source.tally.read += len(piece)
        yield from zip((number for number, _ in piece), found, strict=True)
        return
    for number, line in piece:
        source.tally.read += 1
        try:
            (quad,) = parse(line, format=form, rename_blank_nodes=False)
        except (SyntaxError, MemoryError, ValueError) as error:
            source.tally.reject(number, f"is no statement: {_told(error)}", line)
            continue
        yield number, quad


def _whole(source: Source, form: RdfFormat) -> Iterator[tuple[int, Quad]]:
    """The quads of a file that hangs together; where it breaks off, what follows is one rejected row."""
    tally = source.tally
    try:
        data = source.data(MOST).removeprefix(b"\xef\xbb\xbf")
        _safe(data, form)
        base = f"{terms.BASE}file/{source.sha256[:16]}/"
        for quad in parse(data, format=form, base_iri=base, rename_blank_nodes=False):
            tally.read += 1
            yield 0, quad
    except (Unreadable, SyntaxError, MemoryError, ValueError) as error:
        tally.read += 1
        line = _WHERE.search(str(error))
        tally.reject(int(line[1]) if line else 0, f"cannot be read from here on: {_told(error)}")


def _safe(data: bytes, form: RdfFormat) -> None:
    """Refuse what is not UTF-8, and XML that lets short names stand for long texts or for files.

    Raises:
        Unreadable: it is such a file.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"line {line} is not UTF-8") from error
    if (place := data.find(b"\0")) >= 0:
        raise Unreadable(f"byte {place:,} is NUL, which is in no text")
    if form == RdfFormat.RDF_XML:
        for parameter, value in _ENTITY.findall(text):
            if parameter or value in ("SYSTEM", "PUBLIC") or "&" in value or len(value) > _LONGEST_ENTITY:
                raise Unreadable("an XML entity that names a file, another entity or a long text; these are refused")
        if text.count("<!ENTITY") != len(_ENTITY.findall(text)):
            raise Unreadable("an XML entity that is not plainly written; these are refused")


def _told(error: Exception) -> str:
    told = "a statement of more than 16 MB" if isinstance(error, MemoryError) else str(error)
    if "LoadDocumentCallback" in told:
        told = "its JSON-LD context lies elsewhere, and nothing is fetched; write the context itself into the file"
    return UNPRINTABLE.sub("?", " ".join(told.split()))[:300].rstrip(".")


class _Sieve:
    """Lets through what may stand in the graph, rejects the rest with the reason."""

    def __init__(self, source: Source, words: Vocabulary) -> None:
        self.tally = source.tally
        self.words = words
        self.edges: list[tuple[int, Triple]] = []
        self.blank: list[Triple] = []
        self.parts: dict[str, dict[str, str]] = {}

    def statements(self, quads: Iterable[tuple[int, Quad]]) -> Iterator[Statement]:
        for line, quad in quads:
            triple = Triple(quad.subject, quad.predicate, quad.object)
            if not isinstance(quad.graph_name, DefaultGraph):
                self.tally.notes["statements out of a graph of their own"] += 1
            if reason := self._wrong(triple):
                self.tally.reject(line, reason, str(triple))
            elif triple.predicate.value.startswith(terms.REL):
                self.edges.append((line, triple))
            elif isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
                self.blank.append(triple)
            else:
                yield self._kept(triple)
        for triple in named(self.blank):
            yield self._kept(triple)
        yield from self._edges()

    def _kept(self, triple: Triple) -> Statement:
        self.tally.kept += 1
        predicate = triple.predicate.value
        if predicate in _PARTS:
            self.parts.setdefault(str(triple.subject), {})[predicate] = str(triple.object)
        if predicate == _IMPORTS:
            self.tally.notes["owl:imports that were not followed"] += 1
        return Statement(f"{triple} .\n")

    def _edges(self) -> Iterator[Statement]:
        """Direct edges, where a statement of the file explains them."""
        told = {tuple(part.get(each, "") for each in _PARTS) for part in self.parts.values()}
        for line, triple in self.edges:
            if (str(triple.subject), str(triple.predicate), str(triple.object)) in told:
                yield self._kept(triple)
            else:
                reason = "a direct edge that nothing explains; edges follow from events, so tell the event"
                self.tally.reject(line, reason, str(triple))

    def _wrong(self, triple: Triple) -> str:
        if isinstance(triple.object, Triple):
            return "a statement about a statement, for which the graph has no place"
        predicate = triple.predicate.value
        for word in (predicate, triple.object.value if predicate == _TYPE else ""):
            if word.startswith(_OURS) and word not in self.words.labels:
                short = terms.compact(word)
                known = map(terms.compact, self.words.labels)
                self.tally.unknown[short] += 1
                hint = did_you_mean(short, known) if self.tally.unknown[short] == 1 else ""
                return f"the vocabulary has no {short}. {hint}".rstrip()
        if any(UNPRINTABLE.search(part.value) for part in triple if not isinstance(part, Triple)):
            return "a character that cannot be printed"
        return ""
