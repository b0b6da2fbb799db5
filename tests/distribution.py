"""Which tests share a worker, and in which order the workers are given them."""

from __future__ import annotations

from typing import Any, Final

import pytest

TOGETHER: Final = (
    ("tests/service/test_hostile",),
    ("tests/web/", "tests/service/test_export_command.py", "tests/service/test_samples.py"),
)
"""Files that share one running service: two workers would start it twice."""

LONGEST_FIRST: Final = (
    "tests/service/test_hostile",
    "tests/service/test_kill.py",
    "tests/web/",
    "tests/service/test_projection_version.py",
    "tests/service/test_contract_scenarios.py",
    "tests/service/test_simulated_factory.py",
    "tests/service/test_replay.py",
    "tests/twin/projection/",
    "tests/resolvers/test_contract_answers.py",
    "tests/oracle/",
    "tests/twin/queries/",
    "tests/simulator/",
    "tests/pipeline/",
    "tests/service/",
    "tests/twin/graph/",
    "tests/architecture/",
    "tests/resolvers/",
)
"""A long file that comes last keeps one worker waiting for the other."""


def group_of(nodeid: str) -> str:
    """The file of a test, or the first of the files that it shares a service with."""
    file = nodeid.split("::", 1)[0]
    return next((group[0] for group in TOGETHER if file.startswith(group)), file)


def rank(nodeid: str) -> int:
    """The earlier, the longer it takes."""
    group = group_of(nodeid)
    return next(
        (place for place, start in enumerate(LONGEST_FIRST) if group.startswith(start)), len(LONGEST_FIRST)
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415 - absent where one process runs all

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None
