from collections.abc import Iterator

import pytest

from tests.service.running import RunningService


@pytest.fixture(scope="session")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """One service for all tests that name their things apart; who kills it starts it again."""
    running = RunningService(tmp_path_factory.mktemp("shared-service") / "data")
    try:
        yield running.start()
    finally:
        running.stop()
