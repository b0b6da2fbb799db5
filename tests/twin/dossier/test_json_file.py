from __future__ import annotations

import io
import json
from typing import Any

from tests.twin.dossier.led_day import PASTE, whole, worked_example
from twin.dossier.json_file import write
from twin.lineage.exposure import exposure
from twin.records.dossier import Language


def document() -> dict[str, Any]:
    file = io.BytesIO()
    write(whole(worked_example()), Language.EN, file)
    return dict(json.loads(file.getvalue()))


def test_the_rows_are_those_of_the_answer() -> None:
    answer = exposure(worked_example(), PASTE)
    tables = document()["tables"]
    assert [(row["lot_id"], row["low"], row["high"], row["quantity"]) for row in tables["lots"]] == [
        (row.lot_id, row.low, row.high, row.quantity) for row in answer.lots
    ]
    assert tables["totals"][0] == {"item": "units", "low": answer.totals.low, "high": answer.totals.high}
    assert tables["shipments"] == [{"shipment_id": "SHIP-1", "certainty": "POSSIBLE", "low": 0, "high": 20}]
    assert tables["material_lots"] == [{"material_lot_id": "PASTE-1", "since": None}]


def test_the_head_stands_beside_the_tables() -> None:
    told = document()
    assert told["sources"] == [
        {
            "source": "mes",
            "occurred_at": "2026-03-02T15:00:00.000Z",
            "recorded_at": "2026-03-02T15:01:00.000Z",
            "sequence": "9",
            "gaps": 0,
        }
    ]
    assert (told["dossier"], told["complete"], told["limit_hit"], told["customer"]) == (
        "recall",
        True,
        None,
        None,
    )
