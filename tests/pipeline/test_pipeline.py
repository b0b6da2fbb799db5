from __future__ import annotations

import asyncio
import os
from collections import defaultdict

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from graph_migrations.runner import migrate
from tests.graph_fixtures import patient
from tests.pipeline.life import Stores
from tests.pipeline.machine import Pipeline
from twin.graph.embedded import GraphAddress
from twin.stream.client import open_stream

ON_OTHER_STORES = "DIELOOM_TEST_GRAPH_URL" in os.environ
RUNS = int(os.environ.get("DIELOOM_PIPELINE_RUNS", "3" if ON_OTHER_STORES else "8"))
SEED = int(os.environ.get("DIELOOM_PIPELINE_SEED", "99"))


def test_whatever_happens_the_graph_is_what_was_accepted(
    graph_address: GraphAddress, stream_url: str
) -> None:
    with asyncio.Runner() as loop:
        graph = loop.run(patient(graph_address))
        stream = open_stream(stream_url)
        faults: defaultdict[str, int] = defaultdict(int)
        machine = type(
            "SeededPipeline",
            (Pipeline,),
            {"loop": loop, "stores": Stores(graph, stream), "faults": faults},
        )
        loop.run(migrate(graph))
        try:
            run_state_machine_as_test(
                seed(SEED)(machine),
                settings=settings(
                    max_examples=RUNS,
                    stateful_step_count=20,
                    deadline=None,
                    database=None,
                    print_blob=True,
                    report_multiple_bugs=False,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            loop.run(stream.close())
            loop.run(graph.close())
            print(f"seed {SEED}, {RUNS} runs, faults: {dict(sorted(faults.items()))}")
