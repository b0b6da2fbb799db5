from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from resolvers.context import Context
from resolvers.loaders import Loaders
from resolvers.viewer import Viewer
from tests import factory
from tests.resolvers.asking import Answered, answered
from tests.twin.history.keeping import opened, placed
from twin.graph.session import Graph
from twin.history.history import History
from twin.vocabulary.roles import Role

SERIES = """
    query Series($id: String!, $name: String!, $from: DateTime!, $to: DateTime!, $buckets: Int) {
        parameterSeries(equipmentId: $id, name: $name, from: $from, to: $to, buckets: $buckets) {
            equipmentId name from to units count wordCount buckets { from to count min max mean }
        }
    }
"""
HOUR = {"from": "2026-03-02T08:00:00+00:00", "to": "2026-03-02T09:00:00Z"}
FORCE = {"id": "DB-01", "name": "bond_force", **HOUR}


@pytest.fixture
async def samples(tmp_path: Path) -> AsyncIterator[History]:
    history = opened(tmp_path)
    await history.keep(
        placed(
            factory.parameters_sampled(
                occurred_at=f"08:{minute:02}",
                samples=[{"name": "bond_force", "value": minute / 4, "unit": "N"}],
            )
            for minute in (0, 1, 29, 30)
        )
    )
    yield history
    history.close()


async def asked(
    plant: Graph, samples: History | None, role: Role = Role.ENGINEER, **variables: Any
) -> Answered:
    context = Context(graph=plant, viewer=Viewer("somebody", role), loaders=Loaders(plant), samples=samples)
    return await answered(SERIES, context, {**FORCE, **variables})


async def test_a_parameter_is_summed_up_by_stretches(plant: Graph, samples: History) -> None:
    answer = await asked(plant, samples, buckets=2)
    assert answer.messages == []
    assert answer["parameterSeries"] == {
        "equipmentId": "DB-01",
        "name": "bond_force",
        "from": "2026-03-02T08:00:00.000Z",
        "to": "2026-03-02T09:00:00.000Z",
        "units": ["N"],
        "count": 4,
        "wordCount": 0,
        "buckets": [
            {
                "from": "2026-03-02T08:00:00.000Z",
                "to": "2026-03-02T08:30:00.000Z",
                "count": 3,
                "min": 0.0,
                "max": 7.25,
                "mean": 2.5,
            },
            {
                "from": "2026-03-02T08:30:00.000Z",
                "to": "2026-03-02T09:00:00.000Z",
                "count": 1,
                "min": 7.5,
                "max": 7.5,
                "mean": 7.5,
            },
        ],
    }


async def test_without_a_number_of_stretches_there_are_200(plant: Graph, samples: History) -> None:
    answer = await asked(plant, samples, buckets=None)
    starts = [bucket["from"] for bucket in answer["parameterSeries"]["buckets"]]
    assert starts == [
        "2026-03-02T08:00:00.000Z",
        "2026-03-02T08:00:54.000Z",
        "2026-03-02T08:28:48.000Z",
        "2026-03-02T08:30:00.000Z",
    ]


async def test_a_parameter_never_told_is_an_empty_series(plant: Graph, samples: History) -> None:
    answer = await asked(plant, samples, name="vacuum")
    assert answer.codes == []
    assert (answer["parameterSeries"]["buckets"], answer["parameterSeries"]["count"]) == ([], 0)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"id": "NOBODY"}, "thing.not_found"),
        ({"to": HOUR["from"]}, "series.bad_range"),
        ({"buckets": 0}, "series.bad_buckets"),
        ({"buckets": 2001}, "series.bad_buckets"),
    ],
)
async def test_a_question_without_an_answer_is_refused_by_name(
    plant: Graph, samples: History, given: dict[str, Any], code: str
) -> None:
    assert (await asked(plant, samples, **given)).codes == [code]


async def test_the_most_stretches_allowed_are_answered(plant: Graph, samples: History) -> None:
    assert (await asked(plant, samples, buckets=2000))["parameterSeries"]["count"] == 4


async def test_a_process_without_a_history_says_so(plant: Graph) -> None:
    assert (await asked(plant, None)).codes == ["history.unavailable"]


@pytest.mark.parametrize("role", [Role.PLANNER, Role.INTEGRATION, Role.CUSTOMER])
async def test_parameters_are_not_for_everybody(plant: Graph, samples: History, role: Role) -> None:
    assert (await asked(plant, samples, role)).codes == ["access.forbidden"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ENGINEER, Role.QUALITY, Role.ADMIN])
async def test_the_shop_floor_sees_parameters(plant: Graph, samples: History, role: Role) -> None:
    assert (await asked(plant, samples, role))["parameterSeries"]["count"] == 4
