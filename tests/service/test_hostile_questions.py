import base64
import json
from typing import Any

import pytest

from tests.service.enemy import ACCEPT, Enemy, line

STATES = "subscription { equipmentStates { seq kind } }"
ROOTS = "{__schema{queryType{fields{name args{name type{kind ofType{kind name ofType{ofType{name}}}}}}}}}"
VALUES = {
    "String": '"x"',
    "ID": '"eA=="',
    "Int": "1",
    "ThingRef": '{kind: LOT, key: "x"}',
    "TraceDirection": "ANCESTORS",
    "CompletenessOf": '{lotId: "x"}',
    "RecallVariantInput": '{name: "x", minutes: 1}',
    "RecallScope": '{materialLot: {materialLotId: "x"}}',
}


SOME_TIME = '"2026-03-02T08:00:00Z"'


def coded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def questions(enemy: Enemy) -> dict[str, str]:
    """One question for every root field, with whatever it must be given."""
    _, answer = enemy.ask(ROOTS)
    asked = {}
    for field in answer["data"]["__schema"]["queryType"]["fields"]:
        given = []
        for argument in field["args"]:
            if argument["type"]["kind"] == "NON_NULL":
                kind = argument["type"]["ofType"]
                value = VALUES.get(kind["name"] or kind["ofType"]["ofType"]["name"], SOME_TIME)
                given.append(f"{argument['name']}: {value if kind['name'] else [value]}".replace("'", ""))
        arguments = f"({', '.join(given)})" if given else ""
        asked[field["name"]] = f"{{ {field['name']}{arguments} {{ __typename }} }}"
    return asked


def test_no_root_field_answers_a_machine_account(enemy: Enemy) -> None:
    asked = questions(enemy)
    assert len(asked) >= 26
    codes = {name: enemy.code_of(query, role="integration") for name, query in asked.items()}
    assert set(codes.values()) == {"access.forbidden"}


def test_an_operator_recalls_nothing(enemy: Enemy) -> None:
    asked = questions(enemy)
    assert enemy.code_of(asked["recallImpact"], role="operator") == "access.forbidden"


def forged(enemy: Enemy) -> dict[str, str]:
    head, claims, signature = enemy.token("quality").split(".")
    known = json.loads(base64.urlsafe_b64decode(head + "=="))
    admin = json.loads(base64.urlsafe_b64decode(claims + "==")) | {"role": "admin"}
    none = coded(json.dumps(known | {"alg": "none"}).encode())
    shared = coded(json.dumps(known | {"alg": "HS256"}).encode())
    other = coded(json.dumps(known | {"kid": "../../etc/passwd"}).encode())
    raised = coded(json.dumps(admin).encode())
    return {
        "none": f"{none}.{raised}.",
        "none signed": f"{none}.{claims}.{signature}",
        "other claims": f"{head}.{raised}.{signature}",
        "shared secret": f"{shared}.{claims}.{signature}",
        "other key": f"{other}.{claims}.{signature}",
        "unsigned": f"{head}.{claims}.",
        "dots": "...",
        "noise": "noise",
        "endless": "a" * 9000,
        "nothing": "",
    }


def test_forged_tokens_open_nothing(enemy: Enemy) -> None:
    for name, token in forged(enemy).items():
        status, raw = enemy.service.post("/graphql", b'{"query":"{ __typename }"}', token)
        assert (name, status, json.loads(raw)["code"]) == (name, 401, "access.unauthenticated")


def test_a_token_in_the_address_is_none(enemy: Enemy) -> None:
    for name in ("token", "access_token", "authorization"):
        address = f"/graphql?query=%7B__typename%7D&{name}={enemy.token('quality')}"
        assert enemy.service.get(address)[0] == 401


def chain(length: int) -> str:
    links = [f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(length)]
    return " ".join(["{ ...f0 }", *links, f"fragment f{length} on Query {{ __typename }}"])


DOCUMENTS: dict[str, tuple[str, str]] = {
    "syntax": ("{", "request.syntax"),
    "nul": ("{ __typename }\0", "request.syntax"),
    "unknown field": ("{ nothing }", "request.invalid"),
    "mutation": ("mutation { holdLot }", "request.invalid"),
    "subscription": (STATES, "request.bad_transport"),
    "two operations": ("query A { __typename } query B { __typename }", "request.no_operation"),
    "doubling fragments": (chain(90), "limit.root_fields"),
    "fragment in itself": ("{ ...a } fragment a on Query { ...a }", "request.invalid"),
    "aliases": (f"{{ {' '.join(f'a{n}: __typename' for n in range(31))} }}", "limit.root_fields"),
    "directives": (f"{{ __typename {'@skip(if: false) ' * 30} }}", "limit.directives"),
    "tokens": (f"{{ {'__typename ' * 1001} }}", "limit.tokens"),
    "comments": ("#\n" * 300 + "{ __typename }", "limit.tokens"),
    "deep value": (f"{{ lots(filter: {'[' * 5000}) {{ totalCount }} }}", "limit.tokens"),
    "deep introspection": (
        f"{{ __schema {{ types {'{ fields { type ' * 6}{{ name }} {'} } ' * 6}}} }}",
        "request.invalid",
    ),
    "first 501": ("{ lots(first: 501) { totalCount } }", "list.too_long"),
    "first -1": ("{ lots(first: -1) { totalCount } }", "list.bad_length"),
    "first 2^31": ("{ lots(first: 2147483648) { totalCount nodes { lotId } } }", "limit.cost"),
    "negative depth": (
        '{ genealogy(of: {kind: LOT, key: "x"}, direction: ANCESTORS, depth: -1) { nodes { key } } }',
        "depth.bad",
    ),
    "first 1501": (
        '{ genealogy(of: {kind: LOT, key: "x"}, direction: ANCESTORS, first: 1501) { nodes { key } } }',
        "list.too_long",
    ),
    "unknown kind": (
        '{ genealogy(of: {kind: NOPE, key: "x"}, direction: ANCESTORS) { nodes { key } } }',
        "request.invalid",
    ),
    "far away die": ('{ die(substrateId: "x", x: 99999999999, y: 1) { x } }', "request.invalid"),
    "lost lot": ('{ recallImpact(scope: {lot: {lotId: "never"}}) { totals { lots } } }', "thing.not_found"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_bad_document_is_refused_by_name(enemy: Enemy, name: str) -> None:
    query, code = DOCUMENTS[name]
    assert enemy.code_of(query) == code


VARIABLES: dict[str, tuple[str, Any, str]] = {
    "number for text": ("query($v: String!) { lot(lotId: $v) { lotId } }", 5, "request.bad_variable"),
    "list for text": ("query($v: String!) { lot(lotId: $v) { lotId } }", ["x"], "request.bad_variable"),
    "null for text": ("query($v: String!) { lot(lotId: $v) { lotId } }", None, "request.bad_variable"),
    "no time": (
        'query($v: DateTime) { lot(lotId: "x", asOf: $v) { lotId } }',
        "yesterday",
        "request.bad_variable",
    ),
    "time without offset": (
        'query($v: DateTime) { lot(lotId: "x", asOf: $v) { lotId } }',
        "2026-03-02T08:00:00",
        "request.bad_variable",
    ),
    "cursor of nothing": ("query($v: Cursor) { lots(after: $v) { totalCount } }", "", "cursor.bad"),
    "cursor of noise": ("query($v: Cursor) { lots(after: $v) { totalCount } }", "🧪", "cursor.bad"),
    "nested cursor": (
        "query($v: Cursor) { lots(after: $v) { totalCount } }",
        coded(b"[" * 9000),
        "cursor.bad",
    ),
    "great cursor": ("query($v: Cursor) { lots(after: $v) { totalCount } }", "A" * 100_000, "cursor.bad"),
    "id of noise": ("query($v: ID!) { node(id: $v) { id } }", "\xff", "id.bad"),
    "id no utf-8": ("query($v: ID!) { node(id: $v) { id } }", coded(b"Lot:\xff"), "id.bad"),
    "too many ids": ("query($v: [ID!]!) { nodes(ids: $v) { id } }", ["TG90Ong="] * 501, "list.too_long"),
}


@pytest.mark.parametrize("name", VARIABLES)
def test_a_bad_variable_is_refused_by_name(enemy: Enemy, name: str) -> None:
    query, value, code = VARIABLES[name]
    assert enemy.code_of(query, {"v": value}) == code


@pytest.mark.parametrize("key", ["x" * 200_000, "a\0b", "Lot`) DETACH DELETE n //", "' OR 1=1 //", ""])
def test_a_name_that_nothing_has_finds_nothing(enemy: Enemy, key: str) -> None:
    before = enemy.events()
    query = "query($v: String!) { lot(lotId: $v) { lotId } search(text: $v) { id } }"
    assert enemy.ask(query, {"v": key}) == (200, {"data": {"lot": None, "search": []}})
    assert (
        enemy.ask("query($v: ID!) { node(id: $v) { id } }", {"v": coded(f"Lot:{key[:99]}".encode())})[0]
        == 200
    )
    assert enemy.events() == before


def test_the_cursor_of_another_list_is_none_of_this_one(enemy: Enemy) -> None:
    pages = [line(f"page-{number}", "LotReleased", {"lot_id": f"PAGE-{number}"}) for number in range(3)]
    _, taken = enemy.ingest(b"\n".join(pages))
    query = "query($v: Cursor) { lots(first: 1, after: $v) { pageInfo { endCursor } } }"
    answer = enemy.service.ask(enemy.token("quality"), query, {}, taken["watermark"])
    cursor = answer["data"]["lots"]["pageInfo"]["endCursor"]
    assert enemy.ask(query, {"v": cursor})[0] == 200
    other = "query($v: Cursor) { equipments(after: $v) { totalCount } }"
    assert enemy.code_of(other, {"v": cursor}) == "cursor.bad"
    assert enemy.code_of(query, {"v": cursor[:-3] + "AAA"}) == "cursor.bad"


@pytest.mark.parametrize(
    "token",
    [
        "noise",
        "w1." + "A" * 50_000,
        "w1." + coded(b"{" * 900),
    ],
)
def test_a_watermark_of_nobody_is_refused(enemy: Enemy, token: str) -> None:
    got, answer = enemy.ask("{ watermark { token } }", **{"dieloom-min-watermark": token})
    assert (got, answer["errors"][0]["extensions"]["code"]) == (400, "watermark.bad")


BODIES = [
    b"",
    b"null",
    b"7",
    b"[]",
    b'[{"query":"{__typename}"}]',
    b"query {",
    b'{"query":"{a}","variables":{"a":NaN}}',
    b'{"query":{}}',
    b"[" * 90_000,
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_question_is_refused(enemy: Enemy, body: bytes) -> None:
    status, answer = enemy.post("/graphql", body, "quality", **ACCEPT)
    assert (status, answer["code"] in {"request.bad_json", "request.bad_form"}) == (400, True)
