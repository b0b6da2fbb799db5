"""XML from strangers as plain elements by local name, within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from connectors.errors import UnreadableMessage

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_DEPTH: Final = 32
MAX_ELEMENTS: Final = 500_000
MAX_ATTRIBUTE: Final = 4096

_STEP: Final = 65_536
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_PROLOGUE = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?[^>]*>", re.DOTALL)


@dataclass(slots=True)
class Element:
    """An XML element without its namespaces."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def every(self, name: str) -> Iterator[Element]:
        """Its direct children of that name."""
        return (child for child in self.children if child.name == name)

    def first(self, *path: str) -> Element | None:
        """The first descendant along a path of names."""
        found: Element | None = self
        for name in path:
            found = next(found.every(name), None) if found else None
        return found

    def get(self, name: str) -> str | None:
        """An attribute without padding; ``None`` when absent or empty."""
        return (self.attributes.get(name) or "").strip() or None

    def said(self, *path: str) -> str | None:
        """The text of a descendant without padding; ``None`` when absent or empty."""
        found = self.first(*path)
        return (found.text.strip() or None) if found else None


def root_name(head: bytes) -> str | None:
    """The local name of the root element, from the first bytes of a file."""
    text = _decoded(head)
    match = _ROOT.match(_PROLOGUE.sub("", text).lstrip("\ufeff \t\r\n"))
    return match[1] if match else None


def read_xml(data: bytes) -> Element:
    """The root element.

    Raises:
        UnreadableMessage: broken XML, a DTD, or more than a map may hold.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableMessage(f"{len(data)} bytes of XML; a map holds at most {MAX_BYTES}")
    tree = _Tree()
    parser = DefusedXMLParser(target=tree, forbid_dtd=True)
    try:
        for start in range(0, len(data), _STEP):
            parser.feed(data[start : start + _STEP])
        parser.close()
    except DefusedXmlException as error:
        raise UnreadableMessage("a document type or entity declaration is not allowed") from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableMessage(f"broken XML: {error}") from error
    if tree.root is None:
        raise UnreadableMessage("broken XML: no element")
    return tree.root


def _decoded(head: bytes) -> str:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    return head.decode("utf-8", "replace")


class _Tree:
    """Collects elements as the parser meets them."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise UnreadableMessage(f"more than {MAX_ELEMENTS} XML elements")
        if len(self._open) >= MAX_DEPTH:
            raise UnreadableMessage(f"XML nested deeper than {MAX_DEPTH}")
        if any(len(value) > MAX_ATTRIBUTE for value in attributes.values()):
            raise UnreadableMessage(f"an XML attribute longer than {MAX_ATTRIBUTE} characters")
        element = Element(_local(tag), {_local(name): value for name, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def data(self, text: str) -> None:
        if self._texts:
            self._texts[-1].append(text)

    def end(self, _tag: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())

    def close(self) -> None:
        """The parser asks for it."""


def _local(name: str) -> str:
    return name.rpartition("}")[2]
