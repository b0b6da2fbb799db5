from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import inspect

from twin.events.registry import FACTS

PAGE = Path(__file__).parents[4] / "shared" / "contract" / "events.md"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not PAGE.exists(), reason="../shared/contract/events.md is not here"),
]

ROW = re.compile(r"^\| (?P<types>(?:`[A-Z]\w+`(?:, )?)+) \| (?P<fields>.+) \|$")
FIELD = re.compile(
    r"^(?P<name>[a-z]\w*)(?P<optional>\?)?(?P<list>\[\d?\]|\{\})?"
    r"(?: \((?P<words>[^)]*)\))?(?P<rest>.*)$"
)

Shape = dict[str, tuple[bool, bool, frozenset[str], frozenset[str]]]
"""Field name -> required, list or object, allowed words, names inside."""


def parts_of(text: str) -> Iterator[str]:
    depth, part = 0, ""
    for letter in text:
        depth += (letter in "({[") - (letter in ")}]")
        if letter in ",;" and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += letter
    yield part.strip()


def told(text: str, type_name: str) -> Shape:
    shape: Shape = {}
    for part in parts_of(text):
        field = FIELD.match(part)
        assert field is not None, part
        if part.endswith("on unmount") and type_name == "ToolMounted":
            continue
        inside = re.findall(r"\{([^}]*)\}", field["rest"])
        names = frozenset(
            name for group in inside for name in re.findall(r"[a-z]\w*", re.sub(r"\([^)]*\)", "", group))
        )
        words = frozenset(re.findall(r"`([A-Z_]+)`", field["words"] or ""))
        shape[field["name"]] = (field["optional"] is None, field["list"] is not None, words, names)
    return shape


def page() -> dict[str, Shape]:
    rows = [ROW.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines()]
    return {
        name: told(row["fields"], name)
        for row in rows
        if row is not None
        for name in re.findall(r"`(\w+)`", row["types"])
    }


def bare(kind: inspect.Type) -> inspect.Type:
    if isinstance(kind, inspect.Metadata):
        return bare(kind.type)
    if isinstance(kind, inspect.UnionType):
        return bare(next(one for one in kind.types if not isinstance(one, inspect.NoneType)))
    return kind


def built(kind: Any) -> Shape:
    shape: Shape = {}
    for field in kind.fields:
        inner = bare(field.type)
        is_list = isinstance(inner, (inspect.VarTupleType, inspect.TupleType, inspect.DictType))
        item = bare(inner.item_type) if isinstance(inner, inspect.VarTupleType) else inner
        words = (
            frozenset(str(one.value) for one in item.cls)
            if isinstance(item, inspect.EnumType)
            else frozenset[str]()
        )
        names = (
            frozenset(one.name for one in item.fields)
            if isinstance(item, inspect.StructType)
            else frozenset[str]()
        )
        shape[field.name] = (field.required, is_list, words, names)
    return shape


def test_the_page_and_the_code_list_the_same_types() -> None:
    assert set(page()) == set(FACTS)


@pytest.mark.parametrize("type_name", FACTS)
def test_a_fact_has_the_fields_of_the_page(type_name: str) -> None:
    wanted, ours = page()[type_name], built(inspect.type_info(FACTS[type_name]))
    nothing: frozenset[str] = frozenset()

    # Where the page leaves words or inner names to another row, only this row's part is compared.
    compared = {
        name: (
            required,
            many,
            words if name in wanted and wanted[name][2] else nothing,
            names if name in wanted and wanted[name][3] else nothing,
        )
        for name, (required, many, words, names) in ours.items()
    }
    assert compared == wanted
