from __future__ import annotations

import csv
import io

from tests.twin.dossier.led_day import HEAD, rows, whole, worked_example
from twin.dossier.csv_file import write
from twin.records.dossier import Dossier, Language, Table


def written(dossier: Dossier) -> list[dict[str, str]]:
    file = io.BytesIO()
    write(dossier, Language.ZH_HANT, file)
    return list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))


def told(found: list[dict[str, str]], table: str) -> list[dict[str, str]]:
    return [{name: value for name, value in row.items() if value} for row in found if row["table"] == table]


def test_every_row_says_which_table_it_belongs_to() -> None:
    found = written(whole(worked_example()))
    assert told(found, "lots")[0] == {
        "table": "lots",
        "lot_id": "L4",
        "product_id": "LED-5050",
        "certainty": "POSSIBLE",
        "low": "0",
        "high": "30",
        "quantity": "35",
        "since": "2026-03-02T13:00:00.000Z",
        "where": "IN_PROCESS 0..15, SHIPPED 0..20, SCRAPPED 0..15",
    }
    tables = list(dict.fromkeys(row["table"] for row in found))
    assert tables == [
        "about", "totals", "lots", "orders", "customers", "shipments", "material_lots", "evidence",
    ]  # fmt: skip


def test_the_file_says_what_was_asked_and_how_far_the_twin_had_read() -> None:
    about = {row["item"]: row["value"] for row in told(written(whole(worked_example())), "about")}
    assert about == {
        "dossier": "recall",
        "question": '{"scope":{"materialLot":{"materialLotId":"PASTE-1"}}}',
        "as_of": "2026-03-02T20:00:00.000Z",
        "known_at": "2026-03-02T20:01:00.000Z",
        "watermark": "box/0=9",
        "complete": "yes",
        "source mes": "occurred_at 2026-03-02T15:00:00.000Z, recorded_at 2026-03-02T15:01:00.000Z,"
        " sequence 9, gaps 0",
    }


def test_no_cell_can_be_taken_for_a_formula() -> None:
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain=1", 'a,"b"\nc']
    table = Table("lots", ("lot_id", "low"), lambda: [(name, -3) for name in names])
    found = told(written(Dossier(HEAD, (table,))), "lots")
    assert [row["lot_id"] for row in found] == [
        "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "'\rx", "plain=1", "a,\"b\"\nc",
    ]  # fmt: skip
    assert {row["low"] for row in found} == {"-3"}


def test_each_lots_evidence_names_event_source_and_time_of_every_step() -> None:
    steps = [row[1:] for row in rows(whole(worked_example()), "evidence") if row[0] == "LOT:L5"]
    assert steps == [
        (1, "CONSUMED_BY", "MATERIAL_LOT:PASTE-1", "LOT:LOT-1", "2026-03-02T10:00:00.000Z", "used", "mes"),
        (2, "SPLIT_INTO", "LOT:LOT-1", "LOT:L1B", "2026-03-02T11:00:00.000Z", "cut-b", "mes"),
        (3, "MERGED_INTO", "LOT:L1B", "LOT:L3", "2026-03-02T12:00:00.000Z", "join", "mes"),
        (4, "SPLIT_INTO", "LOT:L3", "LOT:L5", "2026-03-02T13:00:00.000Z", "cut-c", "mes"),
    ]
