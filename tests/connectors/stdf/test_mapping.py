from __future__ import annotations

import gzip
from typing import Any

import pytest

from connectors.errors import UnreadableMessage
from connectors.stdf import client, mapping
from tests.connectors.files import WRITTEN_AT, dropped, options
from tests.connectors.stdf.stdf_writer import FINISH, START, Part, Writer
from twin.events.quality import TestResult, TestResultsRecorded
from twin.events.substrate import SubstrateRegistered
from twin.vocabulary.states import SubstrateKind

WRITER = Writer()
TWO_DIES = (Part(4, -3), Part(5, -3, hard_bin=8, soft_bin=80, flag=0x08), Part(5, -3))
WAFER_FILE = WRITER.file(WRITER.wafer("W-01", TWO_DIES))


def runs(data: bytes, **given: Any) -> list[TestResultsRecorded]:
    events = mapping.read(dropped(data), options(**given))
    return [event.fact for event in events if isinstance(event.fact, TestResultsRecorded)]


def run(data: bytes, **given: Any) -> TestResultsRecorded:
    (found,) = runs(data, **given)
    return found


def reason(data: bytes, **given: Any) -> str:
    with pytest.raises(UnreadableMessage) as caught:
        mapping.read(dropped(data), options(**given))
    return caught.value.reason


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_wafer_becomes_its_results_in_either_byte_order(order: str) -> None:
    writer = Writer(order)
    wafer, tested = mapping.read(
        dropped(writer.file(writer.wafer("W-01", TWO_DIES))), options(equipment_id="PROBER-1")
    )
    assert wafer.occurred_at == (START + 60) * 1000
    assert wafer.fact == SubstrateRegistered(
        substrate_id="W-01", kind=SubstrateKind.WAFER, lot_id="LOT-7", product_id="PART"
    )
    assert tested.occurred_at == FINISH * 1000
    assert tested.fact == TestResultsRecorded(
        test_run_id="LOT-7/02/W-01/2026-01-05T08:01:00.000Z",
        lot_id="LOT-7",
        substrate_id="W-01",
        operation="PROBE",
        equipment_id="PROBER-1",
        program="program",
        program_revision="16",
        temperature_c=25.0,
        complete=True,
        results=(
            TestResult(x=4, y=-3, attempt=1, hard_bin=1, soft_bin=1, passed=True),
            TestResult(x=5, y=-3, attempt=1, hard_bin=8, soft_bin=80, passed=False),
            TestResult(x=5, y=-3, attempt=2, hard_bin=1, soft_bin=1, passed=True),
        ),
    )


def test_the_tester_names_itself_where_the_options_do_not() -> None:
    assert run(WAFER_FILE).equipment_id == "NODE-1"


def test_each_wafer_of_a_file_is_a_run_of_its_own() -> None:
    both = runs(WRITER.file(WRITER.wafer("W-01", TWO_DIES), WRITER.wafer("W-02", [Part(4, -3)])))
    assert [(fact.substrate_id, len(fact.results), fact.complete) for fact in both] == [
        ("W-01", 3, True),
        ("W-02", 1, True),
    ]
    assert both[1].results[0].attempt == 1


def test_heads_that_test_two_wafers_at_once_keep_them_apart() -> None:
    both = runs(
        WRITER.file(
            WRITER.wir("W-01", head=1),
            WRITER.wir("W-02", head=2),
            WRITER.part(Part(1, 1, head=1)),
            WRITER.part(Part(1, 1, head=2, hard_bin=2)),
            WRITER.wrr("W-02", 1, head=2),
            WRITER.wrr("W-01", 1, head=1),
        )
    )
    assert [(fact.substrate_id, [r.hard_bin for r in fact.results]) for fact in both] == [
        ("W-01", [1]),
        ("W-02", [2]),
    ]


def test_a_final_test_has_no_wafer_and_its_part_ids_are_counters_unless_said_otherwise() -> None:
    data = WRITER.file(WRITER.part(Part(part_id="S1")), WRITER.part(Part(part_id="S1", flag=0x01)))
    plain, serial = run(data), run(data, part_id_is_unit=True)
    assert (plain.operation, plain.substrate_id, plain.complete) == ("TEST", None, True)
    assert [(r.unit_id, r.x, r.attempt) for r in plain.results] == [(None, None, 1), (None, None, 2)]
    assert [r.unit_id for r in serial.results] == ["S1", "S1"]


def test_a_part_id_that_returns_without_superseding_is_no_retest() -> None:
    data = WRITER.file(WRITER.part(Part(part_id="1")), WRITER.part(Part(part_id="1")))
    assert [result.attempt for result in run(data).results] == [1, 1]


@pytest.mark.parametrize(
    ("flag", "hard_bin", "passed"),
    [
        (0x00, 1, True),
        (0x00, 20, True),
        (0x08, 1, False),
        (0x04, 1, False),
        (0x10, 1, True),
        (0x10, 2, False),
        (0x10, 65535, False),
    ],
)
def test_the_part_flag_decides_and_the_bin_only_where_it_says_nothing(
    flag: int, hard_bin: int, *, passed: bool
) -> None:
    data = WRITER.file(WRITER.part(Part(1, 1, flag=flag, hard_bin=hard_bin)), WRITER.hbr(1, 1, "P"))
    assert run(data).results[0].passed is passed


def test_measured_values_are_kept_on_request_and_go_to_their_own_site() -> None:
    writer = WRITER
    begun = writer.record(5, 10, b"\x01\x00") + writer.record(5, 10, b"\x01\x01")
    value = [
        writer.record(15, 10, writer.pack("I", 100) + site + b"\0\0" + writer.pack("f", number))
        for site, number in ((b"\x01\x01", 2.5), (b"\x01\x00", 1.5), (b"\x01\x00", float("nan")))
    ]
    unread = writer.record(15, 10, writer.pack("I", 101) + b"\x01\x00\x02\0" + writer.pack("f", 9.0))
    failed = writer.record(15, 20, writer.pack("I", 200) + b"\x01\x00\x80")
    several = writer.record(
        15, 15, writer.pack("I", 300) + b"\x01\x01\0\0" + writer.pack("HHB2f", 1, 2, 0, 1.0, 2.0)
    )
    ended = b"".join(
        writer.record(5, 20, bytes([1, site, 0]) + writer.pack("HHHhhI", 1, 1, 1, site, 0, 1))
        for site in (1, 0)
    )
    data = writer.file(begun, *value, unread, failed, several, ended)
    assert [(r.x, r.values) for r in run(data, test_values=True).results] == [
        (1, {"100": 2.5, "300": [1.0, 2.0]}),
        (0, {"100": 1.5, "200": False}),
    ]
    assert [r.values for r in run(data).results] == [None, None]


def test_fields_missing_at_the_end_of_a_record_are_missing_values() -> None:
    data = (
        WRITER.far()
        + WRITER.record(1, 10, WRITER.pack("II", START, 0))
        + WRITER.record(5, 20, b"\x01\x00\x00")
    )
    fact = run(data)
    assert (fact.lot_id, fact.program, fact.temperature_c, fact.complete) == (None, None, None, False)
    assert fact.results == (TestResult(attempt=1, hard_bin=65535, soft_bin=65535, passed=True),)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [("25", 25.0), ("-40.5 C", -40.5), ("150degC", 150.0), ("hot", None), ("nan", None), ("", None)],
)
def test_a_temperature_is_read_out_of_free_text(text: str, degrees: float | None) -> None:
    data = WRITER.far() + WRITER.mir(temperature=text) + WRITER.part(Part(1, 1)) + WRITER.mrr()
    assert run(data).temperature_c == degrees


NAMED = len(WRITER.far() + WRITER.mir())
BODY = WRITER.wafer("W-01", TWO_DIES)


@pytest.mark.parametrize(
    "data",
    [
        WRITER.far() + WRITER.mir() + BODY,
        WRITER.file(WRITER.wir("W-01"), *map(WRITER.part, TWO_DIES)),
        WRITER.file(WRITER.wir("W-01"), *map(WRITER.part, TWO_DIES), WRITER.wrr("W-01", 4)),
        WRITER.file(BODY, WRITER.record(5, 10, b"\x01\x00")),
        WRITER.file(BODY, WRITER.hbr(1, 3)),
        WRITER.file(BODY, WRITER.hbr(1, 2), WRITER.hbr(8, 1), WRITER.hbr(9, 1)),
        WRITER.file(BODY) + b"\x00",
    ],
)
def test_a_file_whose_end_or_counts_do_not_fit_is_incomplete(data: bytes) -> None:
    fact = run(data)
    assert not fact.complete
    assert len(fact.results) == 3


@pytest.mark.parametrize(
    "summary", [(), ((1, 2, 255), (8, 1, 255), (1, 9, 1)), ((1, 2, 1), (8, 1, 1), (9, 0, 1))]
)
def test_bin_counts_that_fit_leave_it_complete(summary: tuple[tuple[int, int, int], ...]) -> None:
    rows = [WRITER.hbr(number, count, head=head) for number, count, head in summary]
    assert run(WRITER.file(BODY, *rows)).complete


def test_a_file_cut_at_any_byte_is_marked_incomplete_or_unreadable() -> None:
    whole = run(WAFER_FILE)
    for end in range(len(WAFER_FILE)):
        if end < NAMED:
            reason(WAFER_FILE[:end])
            continue
        cut = run(WAFER_FILE[:end])
        assert not cut.complete
        assert cut.results == whole.results[: len(cut.results)]


def test_a_cut_run_and_its_whole_copy_are_one_run_told_by_two_events() -> None:
    cut, whole = (mapping.read(dropped(data), options())[-1] for data in (WAFER_FILE[:-9], WAFER_FILE))
    assert cut.fact.test_run_id == whole.fact.test_run_id  # type: ignore[attr-defined]
    assert cut.event_id != whole.event_id


def test_a_packed_file_cut_or_damaged_anywhere_is_incomplete_or_unreadable() -> None:
    packed = gzip.compress(WAFER_FILE, mtime=0)
    assert run(packed).complete
    for end in range(len(packed)):
        unpacked = client.unpacked(packed[:end])
        assert unpacked.whole is (end < 2)
        if len(unpacked.data) >= NAMED:
            assert not run(packed[:end]).complete
        else:
            assert "STDF" in reason(packed[:end]) or "master information" in reason(packed[:end])
    assert "STDF" in reason(packed[:-8] + b"\x00" * 8)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused() -> None:
    with pytest.raises(UnreadableMessage, match="unpacks to more than 1000000 bytes"):
        client.unpacked(gzip.compress(b"\x00" * 2_000_000), limit=1_000_000)


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (WAFER_FILE[:6], True),
        (Writer(">").far(), True),
        (gzip.compress(WAFER_FILE, mtime=0)[:200], True),
        (gzip.compress(b"hello", mtime=0), False),
        (b"\x1f\x8bnonsense", False),
        (b"\x02\x00\x00\x0a\x02\x03", False),
        (b"\x02\x00\x00\x0a\x01\x04", False),
        (b"\x02\x00\x00\x0a\x00\x04", False),
        (b"", False),
        (b"<MapData", False),
    ],
)
def test_a_file_is_known_by_its_first_record(head: bytes, *, known: bool) -> None:
    assert client.recognises(head) is known


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "does not begin with"),
        (b"\x00" * 1000, "does not begin with"),
        (WRITER.far(), "before its master information"),
        (WRITER.far() + b"\xff" * 100, "before its master information"),
        (WRITER.far() + WRITER.mir(lot_id="L\x01T") + WRITER.mrr(), "TestResultsRecorded: Expected"),
        (WRITER.far() + WRITER.mir(lot_id="L" * 200) + WRITER.mrr(), "TestResultsRecorded: Expected"),
    ],
)
def test_a_hostile_file_says_what_is_wrong_with_it(data: bytes, words: str) -> None:
    assert words in reason(data)


def test_bytes_that_are_not_utf8_still_name_a_lot() -> None:
    mir = WRITER.mir().replace(b"LOT-7", b"L\xd6T-7")
    assert run(WRITER.far() + mir + WRITER.mrr()).lot_id == "LÖT-7"


def test_a_session_without_any_clock_has_the_clock_of_its_file() -> None:
    data = WRITER.far() + WRITER.mir(start=0) + WRITER.part(Part(1, 1))
    (event,) = mapping.read(dropped(data), options())
    assert event.occurred_at == WRITTEN_AT


def test_a_long_run_is_cut_into_events_that_fit_and_share_its_name() -> None:
    parts = [Part(n % 500, n // 500) for n in range(50_000)]
    found = runs(WRITER.file(WRITER.wafer("W-01", parts)))
    assert len(found) == 2
    assert len({fact.test_run_id for fact in found}) == 1
    assert [(r.x, r.y) for fact in found for r in fact.results] == [(part.x, part.y) for part in parts]
