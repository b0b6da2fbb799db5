import gzip
import json
import os

import pytest

from tests.service.enemy import LARGEST_RSS_KB, Enemy, event, line

GOOD = event("good")
DEEP = b"[" * 100_000
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE MapData [<!ENTITY a0 "aaaaaaaaaa">'
    + b"".join(
        b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n > 1 else b"&a;") * 10) for n in range(1, 9)
    )
    + b'<!ENTITY x SYSTEM "file:///etc/passwd">]><MapData>&a8;&x;</MapData>'
)

EVENTS: dict[str, tuple[bytes, str, str | None]] = {
    "nan": (line("e1").replace(b"5}", b"NaN}"), "event.bad_json", "e1"),
    "infinity": (line("e1").replace(b"5}", b"-Infinity}"), "event.bad_json", "e1"),
    "number out of range": (line("e1").replace(b"5}", b"1e999}"), "event.bad_value", "e1"),
    "nul byte": (b"\0" + line("e1"), "event.bad_json", "e1"),
    "nul escaped": (line("e1", data={"lot_id": "a\0b"}), "event.bad_value", "e1"),
    "nul in the id": (line("a\0b"), "event.bad_value", None),
    "escape sequence": (line("e1", source="\x1b[31m"), "event.bad_value", "e1"),
    "invalid utf-8": (line("e1").replace(b"HOSTILE", b"\xff\xfe"), "event.bad_json", "e1"),
    "lone surrogate": (line("e1").replace(b"HOSTILE", b"\\ud800"), "event.bad_json", "e1"),
    "utf-16": (line("e1").decode().encode("utf-16"), "event.bad_json", None),
    "id of ten megabytes": (line("x" * 10_000_000), "event.too_large", None),
    "event of five mebibytes": (line("e1", data={"lot_id": "x" * 5_242_880}), "event.too_large", "e1"),
    "id of 129 characters": (line("x" * 129), "event.bad_value", None),
    "blank id": (line("  "), "event.bad_value", "  "),
    "id is a number": (line("e1").replace(b'"e1"', b"7"), "event.bad_value", None),
    "nested array": (DEEP, "event.bad_json", None),
    "nested object": (b'{"a":' * 100_000, "event.bad_json", None),
    "nested data": (line("e1").replace(b"5}", DEEP + b"]" * 100_000 + b"}"), "event.bad_json", "e1"),
    "key twice": (line("e1").replace(b'{"e', b'{"source":"x","e', 1), "event.bad_json", "e1"),
    "no object": (b'"text"', "event.bad_json", None),
    "half a line": (line("e1")[:60], "event.bad_json", "e1"),
    "half an array": (b"[" + line("e1") + b"," + line("e2")[:40], "event.bad_json", None),
    "more behind an array": (b"[" + line("e1") + b"] x", "event.bad_json", None),
    "xml": (b'<?xml version="1.0"?><a/>', "event.bad_json", None),
    "unknown type": (line("e1", "Nope`) DETACH DELETE n //"), "event.unknown_type", "e1"),
    "type is a list": (line("e1", type=["LotCreated"]), "event.bad_value", "e1"),
    "no envelope": (b"{}", "event.missing_field", None),
    "no data": (line("e1", data={}), "event.missing_field", "e1"),
    "data is a text": (line("e1", data="x"), "event.bad_value", "e1"),
    "unknown field": (line("e1", colour="red"), "event.unknown_field", "e1"),
    "our own clock": (line("e1", recorded_at="2020-01-01T00:00:00Z"), "event.unknown_field", "e1"),
    "source of 65": (line("e1", source="s" * 65), "event.bad_value", "e1"),
    "negative sequence": (line("e1", source_sequence=-1), "event.bad_value", "e1"),
    "broken sequence": (line("e1", source_sequence=1.5), "event.bad_value", "e1"),
    "huge sequence": (line("e1", source_sequence=2**63), "event.bad_value", "e1"),
    "endless sequence": (line("e1", source_sequence=77).replace(b"77", b"7" * 5000), "event.bad_value", "e1"),
    "no offset": (line("e1", occurred_at="2026-03-02T08:00:00"), "event.bad_value", "e1"),
    "leap second": (line("e1", occurred_at="2016-12-31T23:59:60Z"), "event.bad_value", "e1"),
    "year 0": (line("e1", occurred_at="0000-01-01T00:00:00Z"), "event.bad_value", "e1"),
    "year 10000": (line("e1", occurred_at="10000-01-01T00:00:00Z"), "event.bad_value", "e1"),
    "other digits": (line("e1", occurred_at="٢٠٢٦-03-02T08:00:00Z"), "event.bad_value", "e1"),
    "a date as a number": (line("e1", occurred_at=17), "event.bad_value", "e1"),
}

FILES: dict[str, bytes] = {
    "nothing": b"",
    "noise": b"\x07\x1f\x99" * 2000,
    "corrupt xml": b'<?xml version="1.0"?><MapData><Substrates><Substrate',
    "entity bomb": BOMB,
    "deep xml": b"<MapData>" + b"<a>" * 100_000,
    "unknown encoding": b'<?xml version="1.0" encoding="nope"?><MapData/>',
    "start of stdf": b"\x02\x00\x00",
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "packed zeros": gzip.compress(b"\0" * 30_000_000, mtime=0),
    "klarf without a wafer": b"FileVersion 1 2;\nDefectList\n1 2 3",
}


@pytest.fixture(scope="module", autouse=True)
def _known(enemy: Enemy) -> None:
    assert enemy.ingest(json.dumps(GOOD).encode())[0] == 200


@pytest.mark.parametrize("name", EVENTS)
def test_a_bad_event_is_told_why_and_kept_and_nothing_is_written(enemy: Enemy, name: str) -> None:
    body, code, event_id = EVENTS[name]
    before = enemy.events()
    status, answer = enemy.ingest(body)
    assert (status, answer["accepted"], answer["duplicates"]) == (200, 0, 0)
    (rejected,) = answer["rejected"]
    assert (rejected["index"], rejected["event_id"], rejected["code"]) == (0, event_id, code)
    if code == "event.bad_value":
        assert "; allowed: " in rejected["message"]
    assert len(rejected["message"]) < 400
    assert enemy.events() == before
    assert enemy.last_letter() == ("ingest", code, body)


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + json.dumps(GOOD).encode(),
        json.dumps(GOOD).encode() + b"\r\n\r\n",
        json.dumps(GOOD, indent=2).encode(),
        json.dumps([GOOD], indent=2).encode(),
        json.dumps({**GOOD, "occurred_at": "2026-03-02T16:00:00.0009+08:00"}).encode(),
    ],
)
def test_an_event_is_the_same_however_clumsily_it_is_written(enemy: Enemy, body: bytes) -> None:
    status, answer = enemy.ingest(body)
    assert (status, answer["duplicates"], answer["rejected"]) == (200, 1, [])


def test_a_bad_event_does_not_block_the_good_ones(enemy: Enemy) -> None:
    other = event("good", data={"lot_id": "OTHER", "product_id": "P", "quantity": 5})
    entries = [GOOD, 3, None, [[]], event("inside"), {**event("inside"), "source": "thief"}, other, GOOD]
    before = enemy.events()
    _, answer = enemy.ingest(json.dumps(entries).encode())
    assert (answer["accepted"], answer["duplicates"]) == (1, 2)
    assert [(row["index"], row["code"]) for row in answer["rejected"]] == [
        (1, "event.bad_json"),
        (2, "event.bad_json"),
        (3, "event.bad_json"),
        (5, "event.id_reused"),
        (6, "event.id_reused"),
    ]
    assert enemy.events() == before + 1


def test_an_id_used_for_something_else_is_a_finding_and_one_dead_letter(enemy: Enemy) -> None:
    first, other = event("twice"), {**event("twice"), "source": "thief"}
    enemy.ingest(json.dumps([first]).encode())
    letters = enemy.letters()
    for _ in range(2):
        _, answer = enemy.ingest(json.dumps([other]).encode())
        assert [row["code"] for row in answer["rejected"]] == ["event.id_reused"]

    _, found = enemy.ask(
        """{ findings(filter: {code: {equals: "event.id_reused"}}, first: 500) {
               nodes { events { eventId source } } } }""",
        **{"dieloom-min-watermark": answer["watermark"]},
    )

    every = found["data"]["findings"]["nodes"]
    nodes = [node for node in every if node["events"][0]["eventId"] == "twice"]
    assert nodes == [{"events": [{"eventId": "twice", "source": first["source"]}]}]
    assert enemy.letters() == letters + 1


def test_many_tiny_bad_lines_are_all_told(enemy: Enemy) -> None:
    _, answer = enemy.ingest(b"x\n" * 20_000 + json.dumps(GOOD).encode())
    assert (answer["duplicates"], len(answer["rejected"])) == (1, 20_000)


@pytest.mark.parametrize(
    "body",
    [b"x\n" * 4_000_000, b"[" + b"1," * 4_000_000 + b"1]", b" " * 17_825_792],
    ids=["lines", "array", "17 MiB"],
)
def test_more_than_a_body_may_hold_is_413_and_the_sender_hears_it(enemy: Enemy, body: bytes) -> None:
    before = enemy.events()
    status, answer = enemy.ingest(body)
    assert (status, answer["code"], answer["title"]) == (413, "request.too_large", "Request Entity Too Large")
    assert enemy.events() == before
    assert enemy.rss_kb() < LARGEST_RSS_KB


@pytest.mark.parametrize("role", ["operator", "engineer", "quality", "planner", "admin"])
def test_who_may_not_bring_facts_hears_it_even_with_a_great_body(enemy: Enemy, role: str) -> None:
    for path in ("/ingest/events", "/ingest/files"):
        status, answer = enemy.post(path, b" " * 17_825_792, role)
        assert (status, answer["code"]) == (403, "access.forbidden")


def test_a_packed_body_is_refused(enemy: Enemy) -> None:
    status, answer = enemy.post("/ingest/events", b"x", "integration", **{"content-encoding": "gzip"})
    assert (status, answer["code"]) == (415, "request.bad_encoding")


@pytest.mark.parametrize("name", FILES)
def test_an_unreadable_file_is_told_why_and_kept(enemy: Enemy, name: str) -> None:
    before = enemy.events()
    status, answer = enemy.post("/ingest/files", FILES[name], "integration", "application/octet-stream")
    assert (status, answer["code"], answer["field"]) == (400, "file.unreadable", "body")
    assert any(known in answer["detail"] for known in ("KLARF", "E142", "STDF"))
    assert enemy.events() == before
    assert enemy.last_letter() == ("file", "file.unreadable", FILES[name])


def test_a_file_of_65_mebibytes_is_413(enemy: Enemy) -> None:
    status, answer = enemy.post("/ingest/files", bytes(68_157_440), "integration")
    assert (status, answer["code"]) == (413, "request.too_large")


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "n" * 256, "a%00b"])
def test_a_file_name_that_is_a_path_is_refused(enemy: Enemy, name: str) -> None:
    status, answer = enemy.post(f"/ingest/files?name={name}", os.urandom(10), "integration")
    assert (status, answer["code"], answer["field"]) == (400, "file.bad_name", "name")


KILOGRAM = {"quantity": 1, "unit": "KG"}
BY_HAND = {**KILOGRAM, "method": "MANUAL"}
ODD = [
    "固晶-01",
    "🧪🔥",
    "א-ב\u202e",
    "e\u0301",
    "a/b|c@d,e",
    "`",
    "'\"",
    "//x",
    "\\",
    "%00",
    "*",
    "null",
    "x\\u0000",
]
INJECTED = "') UNION MATCH (n) DETACH DELETE n RETURN n //"


def test_odd_names_are_found_again_as_they_were(enemy: Enemy) -> None:
    names = [*ODD, INJECTED, "CALL dbms.shutdown()", "${jndi:x}"]
    lines = [
        line(f"{kind} {name}", kind, data)
        for name in names
        for kind, data in (
            ("LotCreated", {"lot_id": name, "product_id": name, "quantity": 5}),
            (
                "MaterialLotReceived",
                {"material_lot_id": name, "material_id": name, "quantity": 9, "unit": "KG"},
            ),
            (
                "MaterialConsumed",
                {
                    "lot_id": name,
                    "operation": name,
                    "material_lot_id": name,
                    "quantity": 1,
                    "unit": "KG",
                    "method": "MANUAL",
                },
            ),
        )
    ]
    _, answer = enemy.ingest(b"\n".join(lines))
    assert (answer["accepted"] + answer["duplicates"], answer["rejected"]) == (len(lines), [])
    for name in names:
        told = enemy.service.ask(enemy.token("quality"), NAMED, {"name": name}, answer["watermark"])
        found = told["data"]
        assert found["lot"]["lotId"] == found["materialLot"]["materialLotId"] == name
        assert [row["lot"]["lotId"] for row in found["recallImpact"]["lots"]["nodes"]] == [name]
        assert {node["key"] for node in found["genealogy"]["nodes"]} >= {
            f"LOT:{name}",
            f"MATERIAL_LOT:{name}",
        }


NAMED = """query Named($name: String!) {
  lot(lotId: $name) { lotId }
  materialLot(materialLotId: $name) { materialLotId }
  recallImpact(scope: {materialLot: {materialLotId: $name}}) { lots { nodes { lot { lotId } } } }
  genealogy(of: {kind: LOT, key: $name}, direction: ANCESTORS) { nodes { key } }
}"""
