import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.running import DIELOOM, ROOT, RunningService

CONTRACT = ROOT.parent / "shared" / "contract"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not CONTRACT.is_dir(), reason="../shared is absent: contract scenarios left out"),
]


@pytest.fixture
def service(tmp_path: Path, service_environment: dict[str, str]) -> Iterator[RunningService]:
    running = RunningService(tmp_path / "data", service_environment)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.mark.graph
@pytest.mark.parametrize(
    ("scenario", "disorder"),
    [
        ("worked-example", ("--shuffle", "5", "--duplicate", "0.1")),
        ("led-small", ("--shuffle", "7", "--duplicate", "0.1")),
        ("module-small", ("--shuffle", "11", "--duplicate", "0.1")),
    ],
)
def test_a_running_service_gives_every_answer_of_the_contract(
    service: RunningService, tmp_path: Path, scenario: str, disorder: tuple[str, ...]
) -> None:
    token = f"{DIELOOM} token --data {service.data_dir} --role"
    results = tmp_path / "results.json"
    subprocess.run(
        [
            sys.executable, str(CONTRACT / "runner/run.py"), "--url", service.url,
            "--scenario", str(CONTRACT / "scenarios" / scenario), "--json", str(results),
            "--token-command", f"{token} quality", "--ingest-token-command", f"{token} integration",
            "--behind", "60", *disorder,
        ],
        cwd=ROOT,
        timeout=240,
        capture_output=True,
        check=False,
    )  # fmt: skip
    checks = json.loads(results.read_text(encoding="utf-8"))["checks"]
    assert [check for check in checks if check["difference"] is not None] == []
    expected = json.loads((CONTRACT / "scenarios" / scenario / "expected.json").read_text(encoding="utf-8"))
    assert len(checks) == len(expected["checks"]) + len(expected["phases"])
