"""What alarm reports (S5F1) mean: one fact when an alarm is set, one when it is cleared."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from connectors.errors import UnreadableMessage
from connectors.secs_gem.config import SecsGemOptions
from connectors.secs_gem.items import Format, Item, identifier_in
from twin.events.alarm import AlarmCleared, AlarmSet
from twin.events.fact import Fact
from twin.vocabulary.instants import Instant

_REMEMBERED: Final = 4096
_SET: Final = 0x80


class AlarmBoard:
    """Knows which alarms of one machine it has been told of, over one connection.

    S5F1 carries no clock, so a report that repeats the last one of its alarm is a resend: it gets
    the time and name of that one.
    """

    def __init__(self, options: SecsGemOptions) -> None:
        self._options = options
        self._last: OrderedDict[int | str, tuple[bytes, int, Instant]] = OrderedDict()

    def report(self, item: Item | None, arrived: Instant) -> tuple[str, Instant, Fact]:
        """The name of the report within its machine, when it happened, and the fact.

        Raises:
            UnreadableMessage: not an alarm report.
        """
        code, alarm, text = _alarm(item)
        said = bytes((code,)) + text.payload
        occurred_at = self._first_time(alarm, code, said, arrived)
        name = f"S5F1|{alarm}|{said.hex()}|{occurred_at}"
        return name, occurred_at, self._fact(code, alarm, text)

    def _first_time(self, alarm: int | str, code: int, said: bytes, arrived: Instant) -> Instant:
        last = self._last.get(alarm)
        if last is not None and last[:2] == (said, code & _SET):
            return last[2]
        self._last[alarm] = (said, code & _SET, arrived)
        self._last.move_to_end(alarm)
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)
        return arrived

    def _fact(self, code: int, alarm: int | str, text: Item) -> Fact:
        equipment_id = self._options.equipment_id
        alarm_id = f"{equipment_id}/{alarm}"[:128]
        if not code & _SET:
            return AlarmCleared(alarm_id=alarm_id, equipment_id=equipment_id)
        category = code & 0x7F
        return AlarmSet(
            alarm_id=alarm_id,
            equipment_id=equipment_id,
            code=str(alarm),
            text=(text.text(self._options.encoding) or "").strip(" \0"),
            category=self._options.alarms.categories.get(category, str(category)) if category else None,
        )


def _alarm(item: Item | None) -> tuple[int, int | str, Item]:
    if item is None or len(item.items) != 3:
        raise UnreadableMessage("not an alarm report: a list of alarm code, alarm id and text")
    code, identifier, text = item.items
    alarm = identifier_in(identifier)
    if code.format is not Format.BINARY or len(code.payload) != 1 or alarm is None or alarm == "":
        raise UnreadableMessage("an alarm report without a code of one byte and an id")
    return code.payload[0], alarm, text
