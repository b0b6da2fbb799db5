"""A tester's session as the facts it states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from connectors.errors import UnreadableMessage
from connectors.file_clock import unix_stamp
from connectors.file_facts import equipment_of, events_of, file_time, identifier, in_parts, run_name
from connectors.file_format import DroppedFile, FileOptions
from connectors.stdf.client import RecordReader, unpacked
from connectors.stdf.records import NO_BIN, Mir, Prr
from connectors.stdf.session import TestSession, WaferPass
from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.quality import TestResult, TestResultsRecorded
from twin.events.substrate import SubstrateRegistered
from twin.vocabulary.instants import Instant, written
from twin.vocabulary.states import SubstrateKind

_SUPERSEDES = 0x03
_ABNORMAL = 0x04
_FAILED = 0x08
_NO_VERDICT = 0x10


def read(file: DroppedFile, options: FileOptions) -> list[Event]:
    """The facts of an STDF file; of a cut one, those that it still holds, marked incomplete.

    Raises:
        UnreadableMessage: it is no STDF V4 file, or is cut before it names its lot.
    """
    plain = unpacked(file.data)
    session = TestSession(RecordReader(plain.data), with_values=options.test_values)
    if session.mir is None:
        raise UnreadableMessage("the file ends before its master information record", stage="map")
    return events_of(file, options, _Facts(file, options, session, session.mir).facts(whole=plain.whole))


class _Facts:
    """States what one session found, with its two clocks and its names."""

    def __init__(self, file: DroppedFile, options: FileOptions, session: TestSession, mir: Mir) -> None:
        self._options = options
        self._session = session
        self._mir = mir
        self._equipment_id = equipment_of(file, options) or identifier(mir.node_nam)
        self._lot_id = identifier(mir.lot_id) or options.lot_id
        self._started_at = _first(unix_stamp(mir.start_t), unix_stamp(mir.setup_t), file_time(file, options))

    def facts(self, *, whole: bool) -> Iterator[tuple[Instant, Fact]]:
        complete = whole and self._session.is_complete
        for wafer in self._session.passes():
            started_at = _first(unix_stamp(wafer.start_t), self._started_at)
            finished_at = _first(unix_stamp(wafer.finish_t), unix_stamp(self._session.finish_t), started_at)
            wafer_id = identifier(wafer.wafer_id)
            if wafer_id:
                yield started_at, self._wafer(wafer_id)
            run_id = run_name(self._lot_id, self._mir.sblot_id, wafer_id, written(started_at))
            for part in in_parts(self._results(wafer)):
                yield finished_at, self._recorded(run_id, wafer_id, part, complete=complete)

    def _wafer(self, wafer_id: str) -> SubstrateRegistered:
        return SubstrateRegistered(
            substrate_id=wafer_id,
            kind=SubstrateKind.WAFER,
            lot_id=self._lot_id,
            product_id=identifier(self._mir.part_typ),
        )

    def _recorded(
        self, run_id: str, wafer_id: str | None, results: tuple[TestResult, ...], *, complete: bool
    ) -> TestResultsRecorded:
        return TestResultsRecorded(
            test_run_id=run_id,
            lot_id=self._lot_id,
            substrate_id=wafer_id,
            operation=self._options.operation or ("PROBE" if self._session.wafers else "TEST"),
            equipment_id=self._equipment_id,
            program=identifier(self._mir.job_nam),
            program_revision=identifier(self._mir.job_rev),
            temperature_c=_degrees(self._mir.tst_temp),
            complete=complete,
            results=results,
        )

    def _results(self, wafer: WaferPass) -> list[TestResult]:
        passing = self._session.passing_bins()
        attempts: Counter[tuple[int | None, int | None] | str] = Counter()
        results = []
        for touch in wafer.touchdowns:
            prr = touch.result
            spot = _spot(prr)
            attempts[spot] += 1
            results.append(
                TestResult(
                    unit_id=identifier(prr.part_id) if self._options.part_id_is_unit else None,
                    x=prr.x_coord,
                    y=prr.y_coord,
                    attempt=attempts[spot] if _is_known(prr) else 1,
                    hard_bin=prr.hard_bin,
                    soft_bin=prr.soft_bin,
                    passed=_passed(prr, passing),
                    values=touch.values,
                )
            )
        return results


def _spot(prr: Prr) -> tuple[int | None, int | None] | str:
    return prr.part_id if prr.x_coord is None or prr.y_coord is None else (prr.x_coord, prr.y_coord)


def _is_known(prr: Prr) -> bool:
    """Whether a repeated place or part means a retest: a part id alone does only when it says so."""
    return (prr.x_coord is not None and prr.y_coord is not None) or bool(prr.part_flg & _SUPERSEDES)


def _passed(prr: Prr, passing: frozenset[int]) -> bool:
    if prr.part_flg & _ABNORMAL:
        return False
    if prr.part_flg & _NO_VERDICT:
        return prr.hard_bin != NO_BIN and prr.hard_bin in passing
    return not prr.part_flg & _FAILED


def _degrees(text: str) -> float | None:
    """The temperature that a tester wrote as free text, such as ``25.0`` or ``-40 C``."""
    number = text.strip().rstrip("CcdegDEG°℃ ")
    try:
        degrees = float(number)
    except ValueError:
        return None
    return degrees if -273.15 <= degrees <= 1000 else None


def _first(*moments: Instant | None) -> Instant:
    return next(moment for moment in moments if moment is not None)
