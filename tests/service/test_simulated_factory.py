from __future__ import annotations

import json
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.service.running import ROOT, RunningService, wait_until

SPEED = "20"
"""So slow that a scan which a busy machine reads late is still read before its lot is split."""

PASTE = "AG-PASTE-"
TOLD_WITHIN_S = 240
RECALL = """query Recall($scope: RecallScope!) {
  recallImpact(scope: $scope) {
    answer { complete }
    lots(first: 500) { nodes { lot { lotId } low high } }
    shipments { shipment { shipmentId } low high }
  }
}"""
FINDINGS = "query F($code: TextFilter!) { findings(filter: {code: $code}, first: 50) { nodes { things } } }"
MODULES = """query Modules($scope: RecallScope!) {
  recallImpact(scope: $scope) {
    answer { complete }
    lots(first: 50) { nodes { lot { lotId } certainty low high } }
    units(first: 500) { nodes { certainty unit { unitId } } }
    customers { customer { customerId } }
  }
}"""
REGION = {"xMin": "x_min", "xMax": "x_max", "yMin": "y_min", "yMax": "y_max"}
MACHINES = "{ equipments(first: 50) { nodes { equipmentId state connected } } }"
STRIP = """query S($id: String!) { substrate(substrateId: $id) {
  lot { lotId } map { binCounts { count } } transfers(direction: ANCESTORS, first: 100) { totalCount } } }"""
SCANNED = """query L($id: String!) { lot(lotId: $id) {
  consumptions { materialLot { materialLotId } method } runs { equipment { equipmentId } operation } } }"""
KEPT = "{ equipments(filter: {state: [ENGINEERING]}, first: 10) { nodes { equipmentId lot { lotId } } } }"
RUNS = """query R($id: String!) { lot(lotId: $id) {
  runs { operation equipment { equipmentId } startedAt endedAt } } }"""
DRAFT = """mutation D($input: DraftRecallCaseInput!) { draftRecallCase(input: $input) { case { caseId } } }"""
OPEN = """mutation O($first: SimulateRecallCaseInput!, $then: OpenRecallCaseInput!) {
  simulateRecallCase(input: $first) { case { state } }
  openRecallCase(input: $then) { case { state scope } } }"""


@dataclass
class Plant:
    service: RunningService
    truth: dict[str, Any]
    token: str

    def ask(self, query: str, **variables: Any) -> Any:
        answer = self.service.ask(self.token, query, variables)
        assert "errors" not in answer, answer
        return answer["data"]

    def until_shown(self) -> None:
        """Wait until the graph shows all that was accepted so far."""
        status, raw = self.service.post("/ingest/events", b"", self.service.token("integration"))
        assert status == 200, raw
        self.service.ask(self.token, "{ watermark { token } }", {}, json.loads(raw)["watermark"])


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    folder = tmp_path_factory.mktemp("plant")
    token_file = folder / "token"
    factory_dir = folder / "simulator"
    service = RunningService(folder / "data", arguments=("--config", str(factory_dir / "factory.yaml")))
    token_file.write_text(service.token("integration"), encoding="utf-8")
    simulator = subprocess.Popen(
        [
            sys.executable, "-m", "simulator", "--dir", str(factory_dir), "--once", "--speed", SPEED,
            "--seed", "11", "--ingest-url", service.url, "--token-file", str(token_file),
            "--fault", "missed_track_out=0",
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(
            (factory_dir / "simulator.json").exists, 120, lambda: "the simulator wrote no simulator.json"
        )
        service.start()
        assert simulator.wait(TOLD_WITHIN_S) == 0
        truth = json.loads((factory_dir / "truth.json").read_text(encoding="utf-8"))
        wait_until(lambda: files_taken(factory_dir), 120, lambda: "dropped files were not taken")
        told = Plant(service, truth, service.token("quality"))
        told.until_shown()
        yield told
    finally:
        simulator.kill()
        simulator.wait()
        service.stop()


def files_taken(factory_dir: Path) -> bool:
    folders = (factory_dir / "drop", factory_dir / "panels")
    return not any(path.is_file() for folder in folders for path in folder.iterdir())


def carriers(truth: dict[str, Any], lot: str) -> int:
    reels = [batch["bad"] for reel, batch in truth["packed"].items() if reel.rsplit("-", 1)[0] == f"R-{lot}"]
    return int(truth["lots"][lot]["bad"] + sum(reels))


def test_what_really_carries_the_bad_paste_lies_within_every_bound(plant: Plant) -> None:
    scope = {"materialLot": {"materialLotId": plant.truth["bad_material_lot"]}}
    impact = plant.ask(RECALL, scope=scope)["recallImpact"]
    assert impact["answer"]["complete"]
    bounds = {row["lot"]["lotId"]: (row["low"], row["high"]) for row in impact["lots"]["nodes"]}
    outside = {
        lot: (carriers(plant.truth, lot), bounds.get(lot))
        for lot in plant.truth["lots"]
        if not bounds.get(lot, (0, 0))[0] <= carriers(plant.truth, lot) <= bounds.get(lot, (0, 0))[1]
    }
    assert outside == {}
    sent = {row["shipment"]["shipmentId"]: (row["low"], row["high"]) for row in impact["shipments"]}
    for shipment, reels in plant.truth["shipped"].items():
        low, high = sent.get(shipment, (0, 0))
        assert low <= sum(batch["bad"] for batch in reels.values()) <= high


def just_before(moment: str) -> str:
    """A millisecond earlier, written as the service writes it."""
    earlier = datetime.fromisoformat(moment) - timedelta(milliseconds=1)
    return earlier.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def modules_named(impact: Any) -> list[str]:
    assert impact["answer"]["complete"]
    return sorted(row["unit"]["unitId"] for row in impact["units"]["nodes"] if row["certainty"] == "DEFINITE")


def test_a_bad_reflow_batch_is_exactly_the_modules_that_were_in_the_oven(plant: Plant) -> None:
    bad = plant.truth["bad_reflow"]
    window = {"from": just_before(bad["from"]), "to": bad["to"]}
    scope = {"equipment": {"equipmentId": bad["equipment_id"], "window": window}}
    impact = plant.ask(MODULES, scope=scope)["recallImpact"]
    assert [(row["lot"]["lotId"], row["low"], row["high"]) for row in impact["lots"]["nodes"]] == [
        (lot, 32, 32) for lot in bad["lots"]
    ]
    assert modules_named(impact) == sorted(bad["units"])


def test_a_bad_wafer_region_is_exactly_the_modules_that_carry_its_dies(plant: Plant) -> None:
    bad = plant.truth["bad_region"]
    bounds = {name: bad[column] for name, column in REGION.items()}
    scope = {"wafer": {"substrateId": bad["substrate_id"], **bounds}}
    impact = plant.ask(MODULES, scope=scope)["recallImpact"]
    assert modules_named(impact) == sorted(bad["units"])
    assert {row["certainty"] for row in impact["lots"]["nodes"]} == {"DEFINITE"}
    assert [row["customer"]["customerId"] for row in impact["customers"]] == ["CUST-C"]


def test_the_planted_conflicts_of_the_first_strips_are_findings(plant: Plant) -> None:
    twice = plant.ask(FINDINGS, code={"equals": "die.used_twice"})["findings"]["nodes"]
    assert [finding["things"] for finding in twice] == [
        ["DIE:W01.01@0,0", "SUBSTRATE:L01-001-S1", "SUBSTRATE:L01-001-S2"]
    ]
    two = plant.ask(FINDINGS, code={"equals": "site.two_dies"})["findings"]["nodes"]
    assert [finding["things"][0] for finding in two] == ["SUBSTRATE:L01-001-S2"]


def test_every_strip_has_its_map_and_the_dies_that_were_placed(plant: Plant) -> None:
    for strip, told in plant.truth["strips"].items():
        known = plant.ask(STRIP, id=strip)["substrate"]
        assert known["lot"]["lotId"] == told["lot"]
        assert sum(row["count"] for row in known["map"]["binCounts"]) == 64
        assert known["transfers"]["totalCount"] == len(told["transfers"])


def test_machines_stand_in_their_true_state_and_those_gone_silent_in_none(plant: Plant) -> None:
    def known() -> dict[str, Any]:
        return {row["equipmentId"]: row for row in plant.ask(MACHINES)["equipments"]["nodes"]}

    true = {machine: history[-1][0] for machine, history in plant.truth["states"].items()}
    silent = {"DB-01": "UNKNOWN", "WB-01": "UNKNOWN"}
    wait_until(
        lambda: {machine for machine, row in known().items() if not row["connected"]} == set(silent),
        120.0,
        lambda: str(known()),
    )
    assert {machine: known()[machine]["state"] for machine in true} == {**true, **silent}


def test_scans_and_machine_messages_became_runs_and_consumptions(plant: Plant) -> None:
    scanned, bonded = set(), set()
    for lot in plant.truth["used_bad_paste"]:
        told = plant.ask(SCANNED, id=lot)["lot"]
        methods = {
            row["method"]
            for row in told["consumptions"]
            if row["materialLot"]["materialLotId"] == plant.truth["bad_material_lot"]
        }
        scanned |= methods
        bonded |= {
            run["equipment"]["equipmentId"] for run in told["runs"] if run["operation"] == "DIE_BONDING"
        }
        assert methods
    assert scanned == {"BARCODE_SCAN", "EQUIPMENT"}
    assert bonded == {"DB-01", "DB-02"}


def dossier(plant: Plant, scope: dict[str, Any]) -> Any:
    query = urllib.parse.urlencode({"scope": json.dumps(scope)})
    request = urllib.request.Request(
        f"{plant.service.url}/dossier/recall.json?{query}",
        headers={"authorization": f"Bearer {plant.token}"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.loads(answer.read())


def suspects(plant: Plant) -> dict[str, dict[str, Any]]:
    """What the lot on each machine that stopped leads to: its paste, its oven in its window, its wafer."""
    kept = {row["equipmentId"]: row["lot"] for row in plant.ask(KEPT)["equipments"]["nodes"]}
    used = plant.ask(SCANNED, id=kept["AO-01"]["lotId"])["lot"]["consumptions"]
    # Not the first one: what was scanned happened when the scan was read, which a busy machine does late.
    (paste,) = [row["materialLot"] for row in used if row["materialLot"]["materialLotId"].startswith(PASTE)]
    runs = plant.ask(RUNS, id=kept["XR-01"]["lotId"])["lot"]["runs"]
    (oven,) = [run for run in runs if run["operation"] == "REFLOW"]
    window = {"from": just_before(oven["startedAt"]), "to": oven["endedAt"]}
    wafer = {name: plant.truth["bad_region"][column] for name, column in REGION.items()}
    return {
        "paste": {"materialLot": paste},
        "reflow": {"equipment": {**oven["equipment"], "window": window}},
        "wafer": {"wafer": {"substrateId": plant.truth["bad_region"]["substrate_id"], **wafer}},
    }


def test_each_planted_fault_leads_from_the_board_to_an_open_case_and_its_dossier(plant: Plant) -> None:
    told = {}
    for name, scope in suspects(plant).items():
        drafted = plant.ask(DRAFT, input={"scope": scope, "reason": name})["draftRecallCase"]["case"]
        opened = plant.ask(OPEN, first={"caseId": drafted["caseId"]}, then={**drafted, "reason": name})
        assert opened["openRecallCase"] == {"case": {"state": "OPENED", "scope": scope}}
        told[name] = dossier(plant, scope)["tables"]
    assert {row["material_lot_id"] for row in told["paste"]["material_lots"]} == {
        plant.truth["bad_material_lot"]
    }
    for name in ("reflow", "wafer"):
        named = {row["unit_id"] for row in told[name]["units"]}
        planted = plant.truth["bad_reflow" if name == "reflow" else "bad_region"]
        assert named == set(planted["units"])
