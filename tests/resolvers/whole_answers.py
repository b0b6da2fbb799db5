"""Questions that ask for all there is about a thing, below its names and clocks."""

from __future__ import annotations

from typing import Any, Final

from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
    Window,
)
from twin.vocabulary.instants import Instant, written

PARTS: Final = """
fragment Ordered on Order {
  orderId customer { customerId } product { productId name granularity route } quantity dueAt shippedQuantity
  late expectedAt lots { lotId quantity status orders { orderId } } progress { stage quantity }
}
fragment Machine on Equipment {
  equipmentId equipmentType lineId state stateSince processState reasonCode connected recipeId recipeVersion
  lastSeenAt lot { lotId quantity status }
  openAlarms { alarmId code text level setAt clearedAt acknowledgedAt acknowledgedBy }
  states { totalCount nodes { state entered reasonCode processState startedAt endedAt lot { lotId } } }
  mounts { nodes {
    position toolId toolKind startedAt endedAt count remaining materialLot { materialLotId }
  } }
  repairs { nodes {
    reasonCode note parts requestedAt requestedBy startedAt startedBy finishedAt finishedBy
  } }
}
fragment Stuff on MaterialLot {
  materialLotId supplierId supplierLot expiresAt location inferred received { value unit }
  remaining { value unit } madeFrom { materialLotId }
  material { materialId name kind unit minimumQuantity onHand low }
}
fragment Plate on Substrate {
  substrateId kind columns rows lot { lotId } materialLot { materialLotId }
  map { columns rows bins mappedAt binCounts { bin count } }
  on: transfers(direction: ANCESTORS) { nodes { x y at conflict event { eventId } from { x y bin } } }
  off: transfers(direction: DESCENDANTS) { nodes { x y at conflict event { eventId } from { x y bin } } }
}
fragment Piece on Die {
  x y bin quality substrate { substrateId } unit { unitId } transfers { x y at }
  tests { operation attempt final passed hardBin softBin at } conflicts { code things }
}
fragment Box on Container {
  containerId kind contents { quantity lot { lotId } unit { unitId } container { containerId } }
  shipment { shipmentId }
}
fragment Single on Unit {
  unitId x y disposition lot { lotId quantity } substrate { substrateId } dies { ...Piece }
  components { unitId } materialLots { ...Stuff } container { ...Box }
  shipment { shipmentId shippedAt customer { customerId } order { orderId } contents { quantity } }
  tests { operation attempt final passed hardBin softBin at program values }
}
fragment Ran on OperationRun {
  operation position operatorId recipeId recipeVersion attempt startedAt endedAt good scrap rework inferred
  equipment { equipmentId state } consumptions { operation quantity { value unit } }
}
fragment Whole on Lot {
  lotId product { productId name granularity route } orders { ...Ordered } quantity looseQuantity
  status wipStatus quality currentOperation currentEquipment { ...Machine } location firstPassYield
  createdAt updatedAt inferred revision
  holds { holdId reasonCode note by heldAt releasedAt releasedBy } runs { ...Ran }
  consumptions {
    operation method at quantity { value unit } expected { value unit } event { eventId }
    run { attempt } materialLot { ...Stuff usedIn { nodes { kind at } } }
  }
  parents { kind quantity at event { eventId } from { lotId quantity } to { lotId } }
  children { kind quantity at event { eventId } from { lotId } to { lotId quantity looseQuantity } }
  inspections { nodes {
    inspectionId operation kind passed inspected by at defects { nodes { code quantity } }
  } }
  substrates { ...Plate } units { totalCount nodes { unitId disposition lot { lotId } } }
}
fragment Walk on Genealogy {
  root { key kind label }
  nodes { key kind label level order until since node { __typename } }
  edges { from to relation at quantity { value unit } event { eventId } }
  answer { complete limitHit findings { code things } }
}
fragment Reach on RecallImpact {
  totals { low high lots definiteLots possibleLots orders customers shipments
           byDisposition { disposition low high } }
  lots { totalCount nodes {
    since certainty low high quantity dispositions { disposition low high } lot { lotId quantity status }
    evidence { steps { relation fromKey toKey at event { eventId } } } } }
  units { totalCount nodes { certainty unit { unitId disposition } } }
  shipments { certainty low high shipment { shipmentId shippedAt } }
  orders { certainty low high order { orderId quantity shippedQuantity } }
  customers { certainty orders shipments customer { customerId } }
  materialLots { since materialLot { materialLotId inferred } }
  answer { complete limitHit findings { code things } }
}
fragment Used on UseConnection {
  totalCount
  nodes { kind at quantity { value unit } event { eventId }
    user { __typename ... on Lot { lotId quantity } ... on Unit { unitId } ... on Equipment { equipmentId }
           ... on MaterialLot { materialLotId } ... on Substrate { substrateId }
           ... on Container { containerId } ... on Shipment { shipmentId } } }
}
"""


def moments(as_of: Instant | None, known_at: Instant | None) -> str:
    """The two clocks, as arguments."""
    told = {"asOf": as_of, "knownAt": known_at}
    return "".join(f', {name}: "{written(at)}"' for name, at in told.items() if at is not None)


def scope_input(scope: RecallScope) -> dict[str, Any]:
    """A scope as the schema takes it."""
    told: dict[str, Any] = {}
    match scope:
        case MaterialLotScope(material_lot_id=key, start=start):
            told = {"materialLot": {"materialLotId": key, "from": _told(start)}}
        case LotScope(lot_id=key, start=start):
            told = {"lot": {"lotId": key, "from": _told(start)}}
        case EquipmentScope(equipment_id=key, window=window, position=position):
            told = {"equipment": {"equipmentId": key, "window": _window(window), "position": position}}
        case OperatorScope(operator_id=key, window=window):
            told = {"operator": {"operatorId": key, "window": _window(window)}}
        case ToolScope(tool_id=key, window=window):
            told = {"tool": {"toolId": key, "window": _window(window)}}
        case RecipeVersionScope(recipe_id=recipe, version=version, window=window):
            named = {"recipeId": recipe, "version": version}
            told = {"recipeVersion": {**named, "window": _window(window)}}
        case WaferScope(substrate_id=key, x_min=x_min, x_max=x_max, y_min=y_min, y_max=y_max, bins=bins):
            box = {"xMin": x_min, "xMax": x_max, "yMin": y_min, "yMax": y_max}
            told = {"wafer": {"substrateId": key, "bins": None if bins is None else list(bins), **box}}
    return told


def _told(at: Instant | None) -> str | None:
    return None if at is None else written(at)


def _window(window: Window) -> dict[str, str | None]:
    return {"from": _told(window.start), "to": _told(window.end)}
