import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from twin.events.registry import FACTS

ROOT = Path(__file__).parents[2]
UNITS_STARTED = 9 * 600


@dataclass(frozen=True)
class Story:
    folder: Path
    events: list[dict[str, Any]]
    truth: dict[str, Any]


def told(folder: Path, seed: int) -> Story:
    subprocess.run(
        [
            sys.executable, "-m", "simulator", "--dir", str(folder), "--once", "--speed", "400",
            "--seed", str(seed), "--fault", "machine_stop=0", "--fault", "missed_track_out=0",
        ],
        cwd=ROOT,
        check=True,
        timeout=240,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    lines = (folder / "events.ndjson").read_text(encoding="utf-8").splitlines()
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return Story(folder, [json.loads(line) for line in lines], truth)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return told(tmp_path_factory.mktemp("factory"), seed=7)


def test_every_fact_of_the_mes_is_a_fact_of_the_contract(story: Story) -> None:
    for event in story.events:
        msgspec.convert(event["data"], FACTS[event["type"]])
    assert len({event["event_id"] for event in story.events}) == len(story.events)
    assert [event["source_sequence"] for event in story.events] == list(range(1, len(story.events) + 1))


def test_each_product_is_made_of_what_its_bill_says(story: Story) -> None:
    """Without a bill nothing tells how complete a lot's records are."""
    defined = [event["data"] for event in story.events if event["type"] == "ProductDefined"]
    bills = {(line["material_id"], line["operation"]) for product in defined for line in product["bom"]}
    scanned = {("AG-PASTE", "DIE_BONDING")}
    used = {
        (event["data"]["material_id"], event["data"]["operation"])
        for event in story.events
        if event["type"] == "MaterialConsumed"
    }
    assert bills == used | scanned
    assert len(bills) == 4


def test_units_are_neither_made_nor_lost(story: Story) -> None:
    books = [story.truth[book].values() for book in ("lots", "scrapped", "packed")]
    assert sum(batch["units"] for book in books for batch in book) == UNITS_STARTED


def test_the_bad_paste_is_in_four_lots_before_a_split_and_a_merge_spread_it(story: Story) -> None:
    assert sorted(story.truth["used_bad_paste"]) == ["L01-003", "L01-004", "L01-005", "L01-006"]
    spread = {lot for lot, batch in story.truth["lots"].items() if batch["bad"]}
    assert {"L01-003.A", "L01-006.A", "L01-TAIL"} <= spread


def test_the_first_lots_strips_claim_one_die_twice_and_fill_one_site_twice(story: Story) -> None:
    first, second = (story.truth["strips"][f"L01-001-S{number}"]["transfers"] for number in (1, 2))
    claims = [(row[0], row[1]) for row in first + second]
    assert len(claims) - len(set(claims)) == 1
    sites = [(row[2], row[3]) for row in second]
    assert len(sites) - len(set(sites)) == 1


def test_the_module_line_plants_a_bad_reflow_batch_and_a_scratched_wafer_region(story: Story) -> None:
    reflow, region = story.truth["bad_reflow"], story.truth["bad_region"]
    assert (reflow["equipment_id"], reflow["lots"]) == ("RO-01", ["M01-003", "M01-004"])
    assert len(set(reflow["units"])) == 64
    assert [region[name] for name in ("substrate_id", "x_min", "x_max", "y_min", "y_max")] == [
        "WM01.01", 12, 15, 0, 5
    ]  # fmt: skip
    assert sorted({unit[:7] for unit in region["units"]}) == ["M01-001", "M01-002", "M01-003"]
    assert len(set(region["units"])) == 24


def test_each_planted_fault_shows_on_a_machine_that_keeps_a_lot_of_it(story: Story) -> None:
    kept = {row["equipment_id"]: row["lot_id"] for row in story.truth["suspicions"]}
    assert kept == {"AO-01": "L01-004", "FA-01": "M01-002", "XR-01": "M01-003"}
    assert {machine: story.truth["states"][machine][-1][0] for machine in kept} == dict.fromkeys(
        kept, "ENGINEERING"
    )


def test_files_are_whole_when_they_appear(story: Story) -> None:
    dropped = sorted(path.name for folder in ("drop", "panels") for path in (story.folder / folder).iterdir())
    assert len(dropped) == 9 * 3 + 6
    assert [name for name in dropped if not name.endswith((".xml", ".stdf"))] == []


def test_the_same_seed_tells_the_same_truth_of_every_lot(story: Story, tmp_path: Path) -> None:
    again = told(tmp_path, seed=7)
    assert sorted(again.truth["used_bad_paste"]) == sorted(story.truth["used_bad_paste"])
    own = {lot for lot in story.truth["scrapped"] if lot != "L01-TAIL"}
    assert {lot: again.truth["scrapped"][lot] for lot in own} == {
        lot: story.truth["scrapped"][lot] for lot in own
    }
