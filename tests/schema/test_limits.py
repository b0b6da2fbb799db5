from __future__ import annotations

import time
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, get_introspection_query

from schema.http.documents import Documents
from schema.http.problem import RequestRefused
from schema.limits import Limits, OverLimit

ROOT = Path(__file__).parents[2]
SDL = """
type Query { lot(id: String): Lot  lots(first: Int): Page!  family(first: Int = 500): Family! echo: String }
type Page { nodes: [Lot!]! totalCount: Int! }
type Family { nodes: [Lot!]! edges: [Edge!]! root: Lot! }
type Edge { from: String to: String quantity: Quantity }
type Quantity { value: Float unit: String }
type Lot { id: ID! name: String parent: Lot children: [Lot!]! }
"""
SCHEMA = build_schema(SDL)


def ask(text: str, schema: GraphQLSchema = SCHEMA, **variables: object) -> None:
    Documents(schema, Limits()).operation(text, None, variables)


def refusal(text: str, **variables: object) -> str:
    with pytest.raises(OverLimit) as over:
        ask(text, **variables)
    return over.value.code


def nested(levels: int) -> str:
    return "{ lot " + "{ parent " * (levels - 1) + "{ id }" + " }" * (levels - 1) + " }"


def test_a_document_may_have_a_thousand_tokens() -> None:
    assert refusal("{ echo " + "# \n" * 10 + "echo " * 999 + "}") == "limit.tokens"


def test_comments_are_bounded() -> None:
    assert refusal("#\n" * 500 + "{ echo }") == "limit.tokens"


def test_a_chain_of_fragments_is_refused_at_once() -> None:
    chain = "".join(f"fragment f{n} on Lot {{ ...f{n + 1} ...f{n + 1} }}" for n in range(90))
    text = "{ lot { ...f0 } }" + chain + "fragment f90 on Lot { id }"
    best = float("inf")
    for _ in range(5):
        started = time.thread_time()
        assert refusal(text) == "limit.fields"
        best = min(best, time.thread_time() - started)
    assert best < 0.020


def test_fragments_that_spread_themselves_are_refused() -> None:
    with pytest.raises(RequestRefused) as refused:
        ask("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }")
    assert refused.value.code == "request.invalid"


def test_twelve_levels_are_allowed_and_thirteen_are_not() -> None:
    ask(nested(11))
    assert refusal(nested(13)) == "limit.depth"


def test_depth_is_counted_through_fragments() -> None:
    text = "{ lot { parent { parent { parent { ...a } } } } }"
    text += "fragment a on Lot { parent { parent { parent { parent { ...b } } } } }"
    text += "fragment b on Lot { parent { parent { parent { parent { id } } } } }"
    assert refusal(text) == "limit.depth"


def test_introspection_has_no_depth() -> None:
    ask(get_introspection_query(input_value_deprecation=True))


def test_introspection_still_counts_its_fields() -> None:
    names = " ".join(["name", "ofType { name description specifiedByURL }"])
    fragment = f"fragment t on __Type {{ kind {names} fields {{ name type {{ {names} }} }} }}"
    roots = " ".join(f"a{n}: __schema {{ types {{ ...t }} queryType {{ ...t }} }}" for n in range(19))
    assert refusal("{ " + roots + " } " + fragment) == "limit.fields"


def test_thirty_aliases_are_allowed() -> None:
    ask("{ lot { " + " ".join(f"a{n}: id" for n in range(30)) + " } }")
    assert refusal("{ lot { " + " ".join(f"a{n}: id" for n in range(31)) + " } }") == "limit.aliases"


def test_a_field_asked_again_counts_as_an_alias() -> None:
    assert refusal("{ lot { " + "id " * 32 + "} }") == "limit.aliases"


def test_aliases_in_a_fragment_count_each_time() -> None:
    text = "{ lot { ...a parent { ...a parent { ...a parent { ...a } } } } }"
    text += "fragment a on Lot { b: id c: id d: id e: id f: id g: id h: id i: id }"
    assert refusal(text) == "limit.aliases"


def test_twenty_fields_at_the_root_are_allowed() -> None:
    ask("{ " + " ".join(f"a{n}: echo" for n in range(20)) + " }")
    assert refusal("{ " + " ".join(f"a{n}: echo" for n in range(21)) + " }") == "limit.root_fields"


def test_directives_are_bounded_on_a_field_and_in_a_document() -> None:
    assert refusal("{ echo " + "@skip(if: false) " * 6 + "}") == "limit.directives"
    fields = " ".join(f"a{n}: id @skip(if: false)" for n in range(21))
    assert refusal("{ lot { " + fields + " } }") == "limit.directives"


def test_pages_of_pages_cost_their_product() -> None:
    ask("{ lots(first: 500) { nodes { id parent { id } children { id } } } }")
    text = "{ lots(first: 500) { nodes { children { children { children { id } } } } } }"
    assert refusal(text) == "limit.cost"


def test_a_page_without_a_size_counts_as_the_default() -> None:
    deep = "children { children { children { children { id } } } }"
    text = "{ " + " ".join(f"a{n}: lots {{ nodes {{ {deep} }} }}" for n in range(4)) + " }"
    assert refusal(text) == "limit.cost"


def test_the_largest_genealogy_is_allowed() -> None:
    text = "query G($first: Int) { family(first: $first) { root { id } nodes { id name }"
    ask(text + " edges { from to quantity { value unit } } } }", first=1500)


def test_the_largest_genealogy_is_allowed_with_amounts_and_events() -> None:
    text = """query($first: Int) {
      genealogy(of: {kind: LOT, key: "L"}, direction: ANCESTORS, first: $first) {
        root { key }
        nodes { key kind label level order until since }
        edges { from to relation quantity { value unit } at event { eventId } }
        answer { asOf knownAt complete limitHit continue findings { code message things } }
      }
    }"""
    ask(text, build_schema((ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8")), first=1500)


def test_the_page_size_of_a_variable_is_weighed_each_time() -> None:
    documents = Documents(SCHEMA, Limits())
    text = "query L($n: Int = 10) { lots(first: $n) { nodes { children { children { id } } } } }"
    documents.operation(text, None, {})
    documents.operation(text, None, {"n": 500})
    with pytest.raises(OverLimit) as over:
        documents.operation(text, None, {"n": 5000})
    assert over.value.code == "limit.cost"
    documents.operation(text, None, None)


@pytest.mark.parametrize("size", [-1, 10**30, "x", None, True, 1.5])
def test_a_strange_page_size_breaks_nothing(size: object) -> None:
    text = "query L($n: Int) { lots(first: $n) { totalCount } }"
    ask(text, n=size)


def test_a_document_is_read_once() -> None:
    documents = Documents(SCHEMA, Limits())
    first = documents.operation("query A { echo }", "A", None)
    assert documents.operation("query A { echo }", "A", None) is first


def test_the_memory_of_documents_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.http.documents.REMEMBERED", 3)
    documents = Documents(SCHEMA, Limits())
    first = documents.operation("query A0 { echo }", None, None)
    for number in range(1, 4):
        documents.operation(f"query A{number} {{ echo }}", None, None)
    assert documents.operation("query A0 { echo }", None, None) is not first


CONTRACT = Path(__file__).parents[3] / "shared" / "contract"


@pytest.mark.shared
def test_the_runners_questions_pass() -> None:
    core = CONTRACT / "core.graphql"
    if not core.exists():
        pytest.skip("../shared is not here")
    schema = build_schema(core.read_text(encoding="utf-8"))
    questions: dict[str, str] = {}
    exec((CONTRACT / "runner" / "queries.py").read_text(encoding="utf-8"), questions)  # noqa: S102
    for name in ("RECALL", "EVIDENCE", "GENEALOGY", "LOT", "UNIT", "EVENT"):
        ask(questions[name], schema, first=500)
