"""XML in, plain nodes out, each with its line: read by the standard library's expat, with every danger refused.

A document that declares a type or entities is refused whole: nothing is expanded and nothing is fetched. Namespaces
are dropped, white space is collapsed. Used by the readers of XML feeds only.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from kg.feeds.files import Source, Unreadable

_BLOCK = 4 << 20
DEPTH = 64


class XmlError(ValueError):
    """A document that is not read: the line at which it fails, and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(slots=True)
class Node:
    """One element: its name without namespace, its line from 1, attributes, and text and elements in their order."""

    tag: str
    line: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[str | Node] = field(default_factory=list)

    def __iter__(self) -> Iterator[Node]:
        return (part for part in self.content if isinstance(part, Node))

    def first(self, tag: str) -> Node | None:
        """The first child of this name."""
        return next((child for child in self if child.tag == tag), None)

    def walk(self) -> Iterator[Node]:
        """This element and all within it, in the order of the document."""
        yield self
        for child in self:
            yield from child.walk()

    def text(self) -> str:
        """All text within, on one line."""
        return " ".join("".join(self._pieces()).split())

    def _pieces(self) -> Iterator[str]:
        for part in self.content:
            if isinstance(part, str):
                yield part
            else:
                yield from part._pieces()


def read_xml(stream: BinaryIO) -> Node:
    """Read a whole document.

    Raises:
        XmlError: it is not well-formed, declares a document type, or nests deeper than 64 elements.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.ordered_attributes = True
    top = Node("")
    stack = [top]

    def start(name: str, attributes: list[str]) -> None:
        if len(stack) > DEPTH:
            raise XmlError(parser.CurrentLineNumber, f"elements lie more than {DEPTH} deep")
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        node = Node(_local(name), parser.CurrentLineNumber, {_local(key): value for key, value in pairs})
        stack[-1].content.append(node)
        stack.append(node)

    def doctype(*_: object) -> None:
        raise XmlError(parser.CurrentLineNumber, "it declares a document type; entities are not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: stack.pop()
    parser.CharacterDataHandler = lambda text: stack[-1].content.append(text)
    parser.StartDoctypeDeclHandler = doctype
    try:
        while block := stream.read(_BLOCK):  # in small blocks, as ParseFile reads, one huge name takes minutes
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise XmlError(error.lineno, f"it is not well-formed XML ({expat.ErrorString(error.code)})") from None
    except (LookupError, ValueError) as error:
        if isinstance(error, XmlError):
            raise
        raise XmlError(parser.CurrentLineNumber, "its encoding cannot be read") from None
    return next(iter(top))


def flat(node: Node, prose: Collection[str] = (), path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each attribute and each element without children as its path and text; prose is one text with its markup.

    >>> row = read_xml(io.BytesIO(b'<row id="1"><at><year>1822</year></at></row>'))
    >>> list(flat(row))
    [('@id', '1'), ('at/year', '1822')]
    """
    for name, value in node.attributes.items():
        yield f"{path}@{name}", value
    children = list(node)
    if path and (not children or path in prose):
        yield path, node.text()
        return
    for child in children:
        yield from flat(child, prose, f"{path}/{child.tag}" if path else child.tag)


def opened(source: Source) -> Node | None:
    """Read a source as one document; one that is none is one rejected row of it, and None."""
    try:
        return read_xml(io.BytesIO(source.data()))
    except XmlError as error:
        line, reason = error.line, error.reason
    except Unreadable as error:
        line, reason = 0, str(error)
    source.tally.read += 1
    source.tally.reject(line, reason)
    return None


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
