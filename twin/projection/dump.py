"""The canonical text of a graph on disk: read in pieces, compared in pieces, whatever its size."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import nsmallest
from pathlib import Path
from typing import Final

from twin.graph.session import Graph
from twin.projection.canonical import name_of, written
from twin.projection.pages import ALL, DIES_IN_QUESTION, PAGE
from twin.projection.ties import TIES
from twin.vocabulary.graph import NODE_KEYS

_ROWS: Final = 1_000
_KEYS: Final = 200
_PARTS: Final = 256
_BUFFERED: Final = 8 * 1024 * 1024


class Dump:
    """Lines in a folder, parted by the first byte of their hashes; a part at a time is in memory."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._waiting: defaultdict[int, list[bytes]] = defaultdict(list)
        self._size = 0
        self.is_whole = True
        """False when the graph changed, or was not told in order, while it was read."""

    def add(self, lines: Iterable[str]) -> None:
        """Take some lines."""
        for line in lines:
            text = line.encode()
            self._waiting[hashlib.sha256(text).digest()[0]].append(text)
            self._size += len(text)
        if self._size >= _BUFFERED:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        for part, lines in self._waiting.items():
            with self._path(part).open("ab") as file:
                file.writelines(line + b"\n" for line in lines)
        self._waiting.clear()
        self._size = 0

    def digest(self) -> str:
        """The hash of all lines, the same in whatever order they came."""
        whole = hashlib.sha256()
        for part in range(_PARTS):
            whole.update(hashlib.sha256(b"\n".join(self._lines(part))).digest())
        return whole.hexdigest()

    def beyond(self, other: Dump, most: int) -> list[str]:
        """The first lines that the other has not."""
        found: list[bytes] = []
        for part in range(_PARTS):
            found = nsmallest(most, [*found, *(set(self._lines(part)) - set(other._lines(part)))])
        return [line.decode() for line in found]

    def _path(self, part: int) -> Path:
        return self._folder / f"{part:02x}"

    def _lines(self, part: int) -> list[bytes]:
        path = self._path(part)
        return sorted(path.read_bytes().split(b"\n")[:-1]) if path.exists() else []


async def dumped(graph: Graph, folder: Path) -> Dump:
    """Write the canonical text of a graph, as ``canonical`` has it, into a new folder.

    Raises:
        GraphUnavailable: a piece was not read in time.
    """
    dump = Dump(folder)
    open_dies = {row["die_id"] for row in await graph.read(DIES_IN_QUESTION)}
    seen = 0
    for label, key in NODE_KEYS.items():
        if label not in PAGE:
            continue
        after = ""
        while rows := await graph.read(PAGE[label], after=after, rows=_ROWS):
            things = [row["properties"] for row in rows]
            keys = [thing[key] for thing in things]
            dump.is_whole &= keys == sorted(keys)
            after, seen = max(keys), seen + len(keys)
            named = {thing[key]: name_of([label], thing, open_dies) for thing in things}
            await asyncio.to_thread(
                dump.add,
                [f"{name} {written(thing)}" for thing in things if (name := named[thing[key]]) is not None],
            )
            for some in _some([one for one, name in named.items() if name is not None]):
                await asyncio.to_thread(dump.add, await _ties(graph, label, some, named, open_dies))
    await asyncio.to_thread(dump.flush)
    dump.is_whole &= (await graph.read(ALL))[0]["things"] == seen
    return dump


async def _ties(
    graph: Graph, label: str, keys: list[str], named: dict[str, str | None], open_dies: set[str]
) -> list[str]:
    return [
        f"{named[row['key']]} -{row['type']}-> {target} {written(row['properties'])}"
        for row in await graph.read(TIES[label], keys=keys)
        if (target := name_of(row["labels"], row["target"], open_dies)) is not None
    ]


def _some(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), _KEYS):
        yield keys[start : start + _KEYS]
