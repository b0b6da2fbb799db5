"""Filters as the twin asks with them: what a statement narrows, and what is decided row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from resolvers import inputs
from twin.errors import Refused
from twin.queries.equipment import AlarmsAsked, MachinesAsked
from twin.queries.events import FindingsAsked
from twin.queries.lots import LotsAsked
from twin.queries.materials import MaterialLotsAsked
from twin.queries.orders import OrdersAsked
from twin.records.lots import Lot

_DEEPEST = 5
_WIDEST = 20


def one_of(text: inputs.TextFilter | None) -> list[str] | None:
    """The values that a text may have; None when any will do."""
    if text is None or (text.equals is None and text.in_ is None):
        return None
    if text.equals is None:
        return text.in_
    return [text.equals] if text.in_ is None or text.equals in text.in_ else []


def prefix(text: inputs.TextFilter | None) -> str | None:
    """How a text must begin; None when it may begin anyhow."""
    return None if text is None else text.starts_with


def lots_asked(asked: inputs.LotFilter | None) -> LotsAsked:
    """What the statement narrows lots by; and, or, not are left to ``lots_kept``."""
    if asked is None:
        return LotsAsked()
    window = asked.updated_at
    return LotsAsked(
        lot_ids=one_of(asked.lot_id),
        lot_prefix=prefix(asked.lot_id),
        statuses=None if asked.status is None else [status.value for status in asked.status],
        product_ids=one_of(asked.product_id),
        updated_from=None if window is None else window.from_,
        updated_to=None if window is None else window.to,
    )


def lots_kept(asked: inputs.LotFilter | None) -> Callable[[Lot], bool] | None:
    """The rest of the filter, decided lot by lot; None when the statement decides it all."""
    if asked is None:
        return None
    _bound(asked, 1)
    left = (asked.order_id, asked.operation, asked.equipment_id, asked.and_, asked.or_, asked.not_)
    product = None if asked.product_id is None else asked.product_id.starts_with
    if all(part is None for part in left) and product is None:
        return None
    return lambda lot: lot_matches(asked, lot)


def lot_matches(asked: inputs.LotFilter, lot: Lot) -> bool:
    """Whether a lot meets every condition of a filter."""
    return _own(asked, lot) and _nested(asked, lot)


def _own(asked: inputs.LotFilter, lot: Lot) -> bool:
    return (
        reads(asked.lot_id, [lot.lot_id])
        and reads(asked.product_id, [lot.product_id])
        and reads(asked.order_id, lot.order_ids)
        and (asked.status is None or lot.status in asked.status)
        and reads(asked.operation, [lot.current_operation])
        and reads(asked.equipment_id, [lot.current_equipment_id])
        and within(asked.updated_at, lot.updated_at)
    )


def _nested(asked: inputs.LotFilter, lot: Lot) -> bool:
    return (
        all(lot_matches(part, lot) for part in asked.and_ or ())
        and (asked.or_ is None or any(lot_matches(part, lot) for part in asked.or_))
        and (asked.not_ is None or not lot_matches(asked.not_, lot))
    )


def _bound(asked: inputs.LotFilter, depth: int) -> None:
    nested = [*(asked.and_ or ()), *(asked.or_ or ()), *([asked.not_] if asked.not_ else ())]
    if depth > _DEEPEST or len(nested) > _WIDEST:
        raise Refused(
            f"A filter nests at most {_DEEPEST} deep, {_WIDEST} wide.",
            code="filter.too_deep",
            field="filter",
        )
    for part in nested:
        _bound(part, depth + 1)


def reads(text: inputs.TextFilter | None, values: Iterable[str | None]) -> bool:
    """Whether one of these values reads as the filter says."""
    if text is None:
        return True
    allowed, start = one_of(text), text.starts_with or ""
    return any(
        value is not None and value.startswith(start) and (allowed is None or value in allowed)
        for value in values
    )


def within(window: inputs.TimeWindow | None, at: int | None) -> bool:
    """Whether a moment lies in [from, to); a missing one lies in no bounded window."""
    if window is None or (window.from_ is None and window.to is None):
        return True
    if at is None:
        return False
    return (window.from_ is None or at >= window.from_) and (window.to is None or at < window.to)


def material_lots_asked(asked: inputs.MaterialLotFilter | None) -> MaterialLotsAsked:
    """What the statement narrows material lots by."""
    if asked is None:
        return MaterialLotsAsked()
    return MaterialLotsAsked(
        lot_ids=one_of(asked.material_lot_id),
        lot_prefix=prefix(asked.material_lot_id),
        material_ids=one_of(asked.material_id),
        material_prefix=prefix(asked.material_id),
        expires_before=asked.expires_before,
    )


def machines_asked(asked: inputs.EquipmentFilter | None) -> MachinesAsked:
    """What the statement narrows machines by."""
    if asked is None:
        return MachinesAsked()
    return MachinesAsked(
        line_ids=one_of(asked.line_id),
        line_prefix=prefix(asked.line_id),
        types=one_of(asked.equipment_type),
        type_prefix=prefix(asked.equipment_type),
        states=None if asked.state is None else [state.value for state in asked.state],
    )


def alarms_asked(asked: inputs.AlarmFilter | None) -> AlarmsAsked:
    """What the statement narrows alarms by."""
    if asked is None:
        return AlarmsAsked()
    window = asked.set_at
    return AlarmsAsked(
        equipment_ids=one_of(asked.equipment_id),
        equipment_prefix=prefix(asked.equipment_id),
        open=asked.open,
        minimum_level=asked.minimum_level,
        set_from=None if window is None else window.from_,
        set_to=None if window is None else window.to,
    )


def orders_asked(asked: inputs.OrderFilter | None) -> OrdersAsked:
    """What the statement narrows orders by; lateness is decided order by order."""
    if asked is None:
        return OrdersAsked()
    window = asked.due_at
    return OrdersAsked(
        order_ids=one_of(asked.order_id),
        order_prefix=prefix(asked.order_id),
        customer_ids=one_of(asked.customer_id),
        customer_prefix=prefix(asked.customer_id),
        due_from=None if window is None else window.from_,
        due_to=None if window is None else window.to,
    )


def findings_asked(asked: inputs.FindingFilter | None) -> FindingsAsked:
    """What the statement narrows findings by."""
    if asked is None:
        return FindingsAsked()
    return FindingsAsked(
        codes=one_of(asked.code), code_prefix=prefix(asked.code), open=asked.open, thing=asked.thing
    )
