"""What factory.yaml says about one SECS/GEM machine."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from msgspec import Meta, Struct, field

from connectors.contract import Options
from connectors.errors import BadOption
from connectors.secs_gem.clock import zone_of
from connectors.secs_gem.fields import FactBuilder, Words, builder_of
from connectors.secs_gem.items import Format
from twin.vocabulary.identifiers import EquipmentId, Identifier

Seconds: TypeAlias = Annotated[float, Meta(gt=0, le=3600)]
SecsId: TypeAlias = int | Identifier
Offset: TypeAlias = Annotated[str, Meta(pattern=r"^(Z|[+-]\d\d:\d\d)$", description="Z or +08:00")]


class Mode(StrEnum):
    """Who dials."""

    ACTIVE = "active"
    PASSIVE = "passive"


class IdFormat(StrEnum):
    """The integer format a machine wants for its ids."""

    U1 = "U1"
    U2 = "U2"
    U4 = "U4"
    U8 = "U8"
    I4 = "I4"

    @property
    def item_format(self) -> Format:
        """The item format of that name."""
        return Format[self.value]


class Timeouts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The timers of SEMI E37 and E30, in seconds."""

    t3: Seconds = 45
    t5: Seconds = 10
    t6: Seconds = 5
    t7: Seconds = 10
    t8: Seconds = 5
    linktest: Seconds = 30
    establish: Seconds = 10


class FactRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fact that a collection event means, and where its fields come from."""

    event: Identifier
    fields: dict[str, Any] = field(default_factory=dict)


class CollectionEvent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One CEID of one machine: its report, and the facts it means."""

    name: Identifier
    report: tuple[str, ...] = ()
    facts: tuple[FactRule, ...] = ()
    report_id: SecsId | None = None


class Alarms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether alarms are asked for, and how their categories (ALCD bits 1-7) are called here.

    Without ``ids`` all alarms are enabled at once, which a few machines refuse.
    """

    enabled: bool = True
    ids: tuple[SecsId, ...] = ()
    categories: dict[int, Identifier] = field(default_factory=dict)


class SecsGemOptions(Options, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One machine: where it is, and what its collection events mean.

    ``clock`` names the variable that carries the machine's own time (A:16, A:14, A:12 or ISO 8601),
    read with ``utc_offset`` when the text has none.
    """

    equipment_id: EquipmentId
    port: Annotated[int, Meta(ge=1, le=65_535)]
    host: str = "127.0.0.1"
    mode: Mode = Mode.ACTIVE
    device_id: Annotated[int, Meta(ge=0, le=32_767)] = 0
    timeouts: Timeouts = field(default_factory=Timeouts)
    maximum_message: Annotated[int, Meta(ge=1024, le=268_435_456)] = 16_777_216
    open_transactions: Annotated[int, Meta(ge=1, le=4096)] = 256
    encoding: Annotated[str, Meta(pattern=r"^(utf-8|latin-1|gbk|gb18030|big5|shift_jis)$")] = "utf-8"
    utc_offset: Offset = "Z"
    clock: str = "Clock"
    resend_after: Seconds = 5
    define_reports: bool = True
    id_format: IdFormat = IdFormat.U4
    variables: dict[str, SecsId] = field(default_factory=dict)
    tables: dict[str, dict[str | int, Any]] = field(default_factory=dict)
    collection_events: dict[int, CollectionEvent] = field(default_factory=dict)
    ignored_events: tuple[int, ...] = ()
    alarms: Alarms = field(default_factory=Alarms)

    def __post_init__(self) -> None:
        self.builders()

    def builders(self) -> dict[int, tuple[FactBuilder, ...]]:
        """What each collection event means, ready to use.

        Raises:
            BadOption: a rule names a variable, table, type or field that does not exist.
        """
        return {
            ceid: tuple(self._builder(ceid, event, at, rule) for at, rule in enumerate(event.facts))
            for ceid, event in self.collection_events.items()
        }

    def _builder(self, ceid: int, event: CollectionEvent, at: int, rule: FactRule) -> FactBuilder:
        where = ("collection_events", ceid)
        for name in event.report:
            if name not in self.variables:
                raise BadOption((*where, "report"), f"{name!r} is not among the variables")
        words = Words(frozenset(event.report), self.tables, zone_of(self.utc_offset))
        try:
            return builder_of(rule.event, rule.fields, words, self.equipment_id)
        except BadOption as bad:
            raise BadOption((*where, "facts", at, *bad.path), bad.reason) from None
