import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.service.running import ROOT, RunningService

CONTRACT = ROOT.parent / "shared" / "contract"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not CONTRACT.is_dir(), reason="../shared is absent: contract scenarios left out"),
]


def runner_module() -> ModuleType:
    folder = CONTRACT / "runner"
    sys.path.insert(0, str(folder))
    try:
        spec = importlib.util.spec_from_file_location("contract_runner", folder / "run.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(folder))


@pytest.fixture
def service(tmp_path: Path, service_environment: dict[str, str]) -> Iterator[RunningService]:
    running = RunningService(tmp_path / "data", service_environment)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.mark.graph
@pytest.mark.parametrize(
    ("scenario", "shuffle", "duplicate"),
    [("worked-example", None, 0.0), ("led-small", 7, 0.1), ("module-small", 11, 0.1)],
)
def test_a_running_service_gives_every_answer_of_the_contract(
    service: RunningService, scenario: str, shuffle: int | None, duplicate: float
) -> None:
    module: Any = runner_module()
    asked = module.Service(service.url, service.token("quality"), service.token("integration"), 60.0)
    runner = module.Runner(asked, CONTRACT / "scenarios" / scenario, shuffle, duplicate)
    runner.run()
    assert [row for row in runner.results if row[2] is not None] == []
