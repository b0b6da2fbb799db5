from __future__ import annotations

from twin.queries.index.pacing import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_takes_a_twentieth_of_the_time_while_events_arrive_and_half_of_it_in_quiet() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.rest(0.5) == 0.5

    pace.heard()
    clock.now += 1.9
    assert pace.rest(0.5) == 9.5

    clock.now += 0.2
    assert pace.rest(0.5) == 0.5


def test_it_rests_even_after_work_that_took_no_time() -> None:
    assert Pace(Clock()).rest(0.0) == 0.02


def test_it_waits_a_second_for_a_graph_that_refuses_at_once() -> None:
    assert Pace(Clock()).rest(0.001, in_vain=True) == 1.0
    assert Pace(Clock()).rest(3.0, in_vain=True) == 3.0
