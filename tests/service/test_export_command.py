from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from tests.service.running import DIELOOM, ROOT, RunningService, clean_environment
from tests.web.sending import send


@pytest.fixture(scope="module")
def service(shared_service: RunningService) -> RunningService:
    send(
        shared_service,
        ("LotCreated", "2026-03-02T00:00:00Z", {"lot_id": "L1", "product_id": "LED", "quantity": 100}),
        (
            "MaterialConsumed",
            "2026-03-02T01:00:00Z",
            {
                "lot_id": "L1", "operation": "DIE_BONDING", "material_lot_id": "P1", "quantity": 1,
                "unit": "G", "method": "MANUAL",
            },
        ),
        ("LotTrackedIn", "2026-03-02T02:00:00Z", {
            "lot_id": "L1", "operation": "CURE", "equipment_id": "OV-1", "recipe_id": "R",
            "recipe_version": "3",
        }),
    )  # fmt: skip
    return shared_service


def dieloom(service: RunningService, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(DIELOOM), *words, "--data", str(service.data_dir)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("words", [("recall", "--lot", "L1"), ("trace", "L1")])
def test_an_export_writes_the_file_and_the_manifest_that_seals_it(
    service: RunningService, tmp_path: Path, words: tuple[str, ...]
) -> None:
    target = tmp_path / "answer.csv"
    done = dieloom(service, *words, "--export", str(target), "--json")
    assert done.stderr == ""
    told = json.loads(done.stdout)["written"]
    sidecar = target.with_name("answer.csv.manifest.json")
    assert [row["path"] for row in told] == [str(target), str(sidecar)]
    manifest = json.loads(sidecar.read_bytes())
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    assert [row["sha256"] for row in manifest["files"]] == [told[0]["sha256"]] == [digest]
    assert manifest["complete"] is True


@pytest.mark.parametrize(
    "suspect",
    [
        ("--material-lot", "P1"),
        ("--equipment", "OV-1", "--from", "2026-03-02T00:00:00Z"),
        ("--recipe", "R@3"),
    ],
)
def test_a_suspect_of_any_kind_is_asked_in_the_terminal(
    service: RunningService, suspect: tuple[str, ...]
) -> None:
    done = dieloom(service, "recall", *suspect, "--json")
    told = json.loads(done.stdout)
    assert [(row["lot"]["lotId"], row["low"], row["high"]) for row in told["lots"]["nodes"]] == [
        ("L1", 100, 100)
    ]


def test_people_read_a_table_with_bounds_places_and_moments(service: RunningService) -> None:
    lines = dieloom(service, "recall", "--material-lot", "P1").stdout.splitlines()
    assert "100 to 100 units in 1 lots (1 definite, 0 possible); orders 0, customers 0, shipments 0" in lines
    assert "where: IN_PROCESS 100..100" in lines
    walked = dieloom(service, "trace", "L1", "--depth", "1").stdout
    assert "3 things, 2 facts; as of " in walked


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("recall", "--lot", "L1", "--export", "x.docx"), "export.bad_name"),
        (("recall", "--lot", "L1", "--tool", "T"), "scope.not_one"),
        (("recall", "--lot", "L1", "--bins", "2"), "scope.bad_option"),
        (("recall", "--wafer", "W", "--region", "1,2"), "scope.bad_option"),
        (("recall", "--recipe", "R"), "scope.bad_recipe"),
        (("recall", "--lot", "L1", "--customer", "C"), "export.no_file"),
        (("recall", "--lot", "NONE", "--export", "none.csv"), "thing.not_found"),
    ],
)
def test_a_wrong_wish_ends_with_its_code_and_exit_1(
    service: RunningService, words: tuple[str, ...], refusal: str
) -> None:
    done = dieloom(service, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"dieloom: {refusal}: ")
    assert not (ROOT / "none.csv").exists()
