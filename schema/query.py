"""Everything that can be asked."""

from __future__ import annotations

import resolvers.case_holds
import resolvers.cases
import resolvers.completeness
import resolvers.equipment
import resolvers.events
import resolvers.genealogy
import resolvers.lots
import resolvers.materials
import resolvers.nodes
import resolvers.orders
import resolvers.packing
import resolvers.recall
import resolvers.recall_jobs
import resolvers.series
import resolvers.substrates
import resolvers.tools
import resolvers.units
import resolvers.wip
from schema.fields import answers, resolved_by
from schema.policies import ANALYSTS, READERS, SHOP_FLOOR
from schema.types.case import RecallCase, RecallCaseConnection, RecallWhatIf
from schema.types.completeness import Completeness
from schema.types.equipment import AlarmConnection, Equipment, EquipmentConnection
from schema.types.event import EventRecord, FindingConnection, Watermark
from schema.types.genealogy import Genealogy, SuspectFactor
from schema.types.hold import HoldCommand
from schema.types.job import RecallEstimate, RecallJob
from schema.types.lot import Lot, LotConnection
from schema.types.material import MaterialLot, MaterialLotConnection, UseConnection
from schema.types.node import Node
from schema.types.order import Customer, Order, OrderConnection
from schema.types.packing import Container, Shipment
from schema.types.recall import RecallImpact
from schema.types.recipe import RecipeVersion
from schema.types.series import ParameterSeries
from schema.types.substrate import Die, Substrate
from schema.types.tool import Tool
from schema.types.unit import Unit
from schema.types.wip import WipBoard


@answers(allow=READERS)
class Query:
    """Everything that can be asked."""

    node: Node | None = resolved_by(resolvers.nodes.node, allow=READERS)
    nodes: list[Node | None] = resolved_by(resolvers.nodes.nodes, allow=READERS)
    search: list[Node] = resolved_by(resolvers.nodes.search, allow=READERS)
    lot: Lot | None = resolved_by(resolvers.lots.find, allow=READERS)
    lots: LotConnection = resolved_by(resolvers.lots.find_all, allow=READERS)
    material_lot: MaterialLot | None = resolved_by(resolvers.materials.find, allow=READERS)
    material_lots: MaterialLotConnection = resolved_by(resolvers.materials.find_all, allow=READERS)
    substrate: Substrate | None = resolved_by(resolvers.substrates.find, allow=READERS)
    die: Die | None = resolved_by(resolvers.substrates.find_die, allow=READERS)
    unit: Unit | None = resolved_by(resolvers.units.find, allow=READERS)
    equipment: Equipment | None = resolved_by(resolvers.equipment.find, allow=READERS)
    tool: Tool | None = resolved_by(resolvers.tools.find, allow=READERS)
    recipe_version: RecipeVersion | None = resolved_by(resolvers.tools.find_recipe_version, allow=READERS)
    equipments: EquipmentConnection = resolved_by(resolvers.equipment.find_all, allow=READERS)
    parameter_series: ParameterSeries = resolved_by(resolvers.series.find, allow=SHOP_FLOOR)
    order: Order | None = resolved_by(resolvers.orders.find, allow=READERS)
    orders: OrderConnection = resolved_by(resolvers.orders.find_all, allow=READERS)
    customer: Customer | None = resolved_by(resolvers.orders.find_customer, allow=READERS)
    container: Container | None = resolved_by(resolvers.packing.find_container, allow=READERS)
    shipment: Shipment | None = resolved_by(resolvers.packing.find_shipment, allow=READERS)
    event: EventRecord | None = resolved_by(resolvers.events.find, allow=READERS)
    genealogy: Genealogy = resolved_by(resolvers.genealogy.walk, allow=READERS)
    recall_impact: RecallImpact = resolved_by(resolvers.recall.impact, allow=ANALYSTS)
    recall_estimate: RecallEstimate = resolved_by(resolvers.recall_jobs.estimate, allow=ANALYSTS)
    recall_within: RecallImpact = resolved_by(resolvers.recall_jobs.within, allow=ANALYSTS)
    recall_job: RecallJob = resolved_by(resolvers.recall_jobs.find, allow=ANALYSTS)
    recall_what_if: RecallWhatIf = resolved_by(resolvers.cases.what_if, allow=ANALYSTS)
    recall_case: RecallCase = resolved_by(resolvers.cases.find, allow=ANALYSTS)
    recall_cases: RecallCaseConnection = resolved_by(resolvers.cases.find_all, allow=ANALYSTS)
    overdue_hold_commands: list[HoldCommand] = resolved_by(resolvers.case_holds.overdue, allow=ANALYSTS)
    completeness: Completeness = resolved_by(resolvers.completeness.find, allow=ANALYSTS)
    where_used: UseConnection = resolved_by(resolvers.materials.uses, allow=READERS)
    commonality: list[SuspectFactor] = resolved_by(resolvers.genealogy.factors, allow=ANALYSTS)
    wip: WipBoard = resolved_by(resolvers.wip.board, allow=READERS)
    alarms: AlarmConnection = resolved_by(resolvers.equipment.alarms, allow=READERS)
    findings: FindingConnection = resolved_by(resolvers.events.findings, allow=READERS)
    watermark: Watermark = resolved_by(resolvers.events.watermark, allow=READERS)
