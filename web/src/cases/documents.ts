import type { Frame } from "../api/live";
import type { Payload } from "../api/ask";
import type { AffectedLot, Totals } from "../recall/question";
import type { Scope } from "../scope/scope";

export type CaseState = "DRAFT" | "SIMULATED" | "OPENED" | "CONTAINED" | "PARTLY_RELEASED" | "CLOSED";

export interface Containment {
  commands: number;
  acknowledged: number;
  pending: number;
  overdue: number;
}

export interface CaseRow {
  caseId: string;
  kind: "RECALL" | "DRILL";
  state: CaseState;
  scope: Scope;
  reason: string;
  owner: string;
  updatedAt: string;
  simulation: { at: string; low: number; high: number; lots: number; seconds: number } | null;
  heldLots: string[];
  containment: Containment;
}

export interface Command {
  commandId: string;
  system: string;
  verb: "HOLD" | "RELEASE";
  target: "LOT" | "CONTAINER";
  key: string;
  state: "PENDING" | "OVERDUE" | "ACKNOWLEDGED";
  dueAt: string;
  attempts: number;
  nextAt: string;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  problem: string | null;
}

export interface Cause {
  eventId: string;
  type: string;
  source: string;
  occurredAt: string;
}

export interface Change {
  at: string;
  change: "ADDED" | "REMOVED" | "CHANGED";
  thing: string;
  low: number;
  high: number;
  because: Cause | null;
}

export interface ChangeSlice {
  totalCount: number;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  nodes: Change[];
}

export interface Reached {
  customer: { customerId: string };
  orderIds: string[];
  shipmentIds: string[];
  lotIds: string[];
  units: number;
  low: number;
  high: number;
}

export interface Entry {
  number: number;
  at: string;
  actor: string;
  role: string;
  action: string;
  data: Record<string, unknown>;
}

export interface WholeCase extends CaseRow {
  createdAt: string;
  closingReason: string | null;
  heldContainers: string[];
  releasedLots: string[];
  lotsLeftOut: string[];
  holdCommands: { totalCount: number; nodes: Command[] };
  customers: Reached[];
  changes: ChangeSlice;
  log: { totalCount: number; nodes: Entry[] };
  impact: {
    answer: { complete: boolean; limitHit: string | null };
    totals: Totals;
    lots: { totalCount: number; nodes: AffectedLot[] };
  };
}

const ROW = `caseId kind state scope reason owner updatedAt simulation { at low high lots seconds } heldLots
    containment { commands acknowledged pending overdue }`;

export const CASES = `query Cases($filter: RecallCaseFilter, $after: Cursor) {
  recallCases(filter: $filter, first: 50, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { ${ROW} }
  }
}`;

const CHANGE_ROWS = `changes(first: 100, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { at change thing low high because { eventId type source occurredAt } }
    }`;

export const CASE = `query Case($id: String!, $after: Cursor, $lots: Int!) {
  recallCase(caseId: $id) {
    ${ROW} createdAt closingReason heldContainers releasedLots lotsLeftOut
    holdCommands(first: 100) {
      totalCount nodes { commandId system verb target key state dueAt attempts nextAt acknowledgedAt acknowledgedBy problem }
    }
    customers { customer { customerId } orderIds shipmentIds lotIds units low high }
    ${CHANGE_ROWS}
    log(first: 100) { totalCount nodes { number at actor role action data } }
    impact {
      answer { complete limitHit }
      totals { low high lots definiteLots possibleLots }
      lots(first: $lots) {
        totalCount
        nodes {
          lot { lotId currentOperation } since certainty low high quantity
          dispositions { disposition low high }
          evidence { steps { relation fromKey toKey at event { eventId source } } }
        }
      }
    }
  }
}`;

export const MORE_CHANGES = `query MoreChanges($id: String!, $after: Cursor) { recallCase(caseId: $id) { ${CHANGE_ROWS} } }`;

export const CHANGES = `subscription CaseChanges($id: String!, $after: Cursor) {
  recallCaseChanges(caseId: $id, after: $after) {
    kind seq cursor at because { eventId type source occurredAt }
    totals { low high lots definiteLots possibleLots }
    addedLots { lot { lotId } low high } removedLots { lot { lotId } low high } changedLots { lot { lotId } low high }
    addedUnits { unit { unitId } } removedUnits { unit { unitId } }
  }
}`;

interface MovedLot {
  lot: { lotId: string };
  low: number;
  high: number;
}

export interface CaseFrame extends Frame {
  because: Cause | null;
  totals: Totals | null;
  addedLots: MovedLot[];
  removedLots: MovedLot[];
  changedLots: MovedLot[];
  addedUnits: { unit: { unitId: string } }[];
  removedUnits: { unit: { unitId: string } }[];
}

export interface Changed extends Payload {
  case: { caseId: string; state: CaseState } | null;
}

const CHANGED = "{ case { caseId state } watermark userErrors { code message hint } }";
const mutation = (field: string, input: string) => `mutation($input: ${input}!) { ${field}(input: $input) ${CHANGED} }`;

export const DRAFT = mutation("draftRecallCase", "DraftRecallCaseInput");
export const SIMULATE = mutation("simulateRecallCase", "SimulateRecallCaseInput");
export const OPEN = mutation("openRecallCase", "OpenRecallCaseInput");
export const CONTAIN = mutation("containRecallCase", "ContainRecallCaseInput");
export const RELEASE = mutation("releaseFromRecallCase", "ReleaseFromRecallCaseInput");
export const CLOSE = mutation("closeRecallCase", "CloseRecallCaseInput");
export const ASSIGN = mutation("assignRecallCase", "AssignRecallCaseInput");
export const NOTE = mutation("noteOnRecallCase", "NoteOnRecallCaseInput");
export const ACKNOWLEDGE = `mutation($input: AcknowledgeHoldCommandInput!) {
  acknowledgeHoldCommand(input: $input) { command { commandId state } watermark userErrors { code message hint } }
}`;

export const WHAT_IF = `query WhatIf($id: String!, $variants: [RecallVariantInput!]!) {
  recallCase(caseId: $id) {
    whatIf(variants: $variants) {
      low high lots
      variants {
        name low high lots
        added(first: 20) { totalCount nodes { lot { lotId } } }
        removed(first: 20) { totalCount nodes { lot { lotId } } }
        changed { now { lot { lotId } low high } before { low high } }
      }
    }
  }
}`;

export interface Variant {
  name: string;
  low: number;
  high: number;
  lots: number;
  added: { totalCount: number; nodes: { lot: { lotId: string } }[] };
  removed: { totalCount: number; nodes: { lot: { lotId: string } }[] };
  changed: { now: { lot: { lotId: string }; low: number; high: number }; before: { low: number; high: number } }[];
}

export interface WhatIf {
  low: number;
  high: number;
  lots: number;
  variants: Variant[];
}
