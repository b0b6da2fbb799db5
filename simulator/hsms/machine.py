"""A bonder with a SECS/GEM port: secsgem's equipment side, its events kept in order by one thread."""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import secsgem.common
import secsgem.gem
import secsgem.hsms
from secsgem.secs import variables
from secsgem.secs.functions import SecsS05F01

LOG: Final = logging.getLogger(__name__)

CLOCK, PROCESS_STATE, LOT_ID, PPID, OPERATOR_ID = 1101, 1102, 2001, 2002, 2003
GOOD_COUNT, SCRAP_COUNT, STRIP_ID, TOTAL_COUNT = 2101, 2102, 2201, 2102 + 1
PROCESS_CHANGED, LOT_START, LOT_END, STRIP_OUT = 3001, 3002, 3003, 3004
ALARM: Final = 41
IDLE, EXECUTING, PAUSE = 1, 4, 5

_VARIABLES: Final = {
    CLOCK: ("Clock", variables.String),
    PROCESS_STATE: ("ProcessState", variables.U1),
    LOT_ID: ("LotID", variables.String),
    PPID: ("PPID", variables.String),
    OPERATOR_ID: ("OperatorID", variables.String),
    GOOD_COUNT: ("GoodCount", variables.U4),
    SCRAP_COUNT: ("ScrapCount", variables.U4),
    TOTAL_COUNT: ("TotalCount", variables.U4),
    STRIP_ID: ("StripID", variables.String),
}
_EVENTS: Final = {
    PROCESS_CHANGED: "ProcessStateChange",
    LOT_START: "LotStart",
    LOT_END: "LotEnd",
    STRIP_OUT: "StripOut",
}
_WAITING: Final = 10_000
_RETRY_S: Final = 0.2
_ALARM_SET: Final = 0x80


@dataclass(frozen=True)
class _Report:
    ceid: int
    values: dict[int, Any]


@dataclass(frozen=True)
class _AlarmChange:
    is_set: bool


class AlarmReport(SecsS05F01):
    """S5F1 that asks for its answer: the library's own does not, and then waits for one in vain."""

    _is_reply_required = True


class HsmsMachine(secsgem.gem.GemEquipmentHandler):
    """Answers a host, and reports what happens on it, one message after the other."""

    def __init__(self, name: str, port: int, alarm_text: str) -> None:
        super().__init__(
            secsgem.hsms.HsmsSettings(
                address="127.0.0.1",
                port=port,
                connect_mode=secsgem.hsms.HsmsConnectMode.PASSIVE,
                device_type=secsgem.common.DeviceType.EQUIPMENT,
                session_id=0,
            )
        )
        self.MDLN, self.SOFTREV = name, "1.0"
        for vid, (title, kind) in _VARIABLES.items():
            self.data_values[vid] = secsgem.gem.DataValue(vid, title, kind, use_callback=False)
            self.data_values[vid].value = "" if kind is variables.String else 0
        for ceid, title in _EVENTS.items():
            self.collection_events[ceid] = secsgem.gem.CollectionEvent(ceid, title, list(_VARIABLES))
        self.alarms[ALARM] = secsgem.gem.Alarm(ALARM, "Bond", alarm_text, 5, 0, 0)
        self._waiting: queue.Queue[_Report | _AlarmChange | None] = queue.Queue(_WAITING)
        self._leaving = threading.Event()
        self._reporter = threading.Thread(target=self._report_in_order, daemon=True)

    def start(self) -> None:
        """Listen for a host."""
        self.enable()
        self._reporter.start()

    def stop(self) -> None:
        """Stop reporting; the sockets end with the process, as ``disable`` hangs on a passive port."""
        self._leaving.set()
        self._waiting.put(None)
        self._reporter.join(timeout=2)

    def happened(self, ceid: int, values: dict[int, Any]) -> None:
        """Report a collection event with these values and the machine's clock."""
        moment = datetime.now(UTC)
        clock = moment.strftime("%Y%m%d%H%M%S") + f"{moment.microsecond // 10_000:02d}"
        self._put(_Report(ceid, {CLOCK: clock, **values}))

    @property
    def untold(self) -> int:
        """How many messages no host has taken yet, the one being sent included."""
        return self._waiting.unfinished_tasks

    def alarm(self, *, is_set: bool) -> None:
        """Raise the bond alarm, or take it back."""
        self._put(_AlarmChange(is_set))

    def _put(self, change: _Report | _AlarmChange) -> None:
        try:
            self._waiting.put_nowait(change)
        except queue.Full:
            LOG.warning("%s forgets an event: its spool is full", self.MDLN)

    def _report_in_order(self) -> None:
        while (change := self._waiting.get()) is not None:
            while not self._told(change):
                if self._leaving.wait(_RETRY_S):
                    return
            self._waiting.task_done()

    def _told(self, change: _Report | _AlarmChange) -> bool:
        """Whether the host has it; until then it waits at the head of the spool."""
        try:
            if isinstance(change, _AlarmChange):
                return self._alarmed(change)
            return self._reported(change)
        except Exception as cause:  # noqa: BLE001 - the library raises what its sockets raise; the machine goes on
            LOG.info("%s could not report %s: %s", self.MDLN, change, cause)
            return False

    def _reported(self, report: _Report) -> bool:
        for vid, value in report.values.items():
            self.data_values[vid].value = value
        link = self._registered_collection_events.get(report.ceid)
        if link is None or not link.enabled:
            return False
        reports = self._build_collection_event(report.ceid)
        message = {"DATAID": 1, "CEID": report.ceid, "RPT": reports}
        return self.send_and_waitfor_response(self.stream_function(6, 11)(message)) is not None

    def _alarmed(self, change: _AlarmChange) -> bool:
        alarm = self.alarms[ALARM]
        code = alarm.code | (_ALARM_SET if change.is_set else 0)
        message = {"ALCD": code, "ALID": ALARM, "ALTX": alarm.text}
        if self.send_and_waitfor_response(AlarmReport(message)) is None:
            return False
        alarm.set = change.is_set
        return True

    def _on_s05f03(self, _handler: Any, _message: Any) -> Any:  # noqa: ANN401 - the library's untyped hook
        """Accept every wish about alarms: they are always told."""
        return self.stream_function(5, 4)(0)
