import { ask } from "../api/ask";
import { MORE_CHANGES, type CaseFrame, type Change, type ChangeSlice } from "./documents";

const MOST_KEPT = 5_000;

/** The changes that the service kept, as far as they were read, and where to go on. */
export interface Kept {
  rows: Change[];
  cursor: string | null;
}

export const NONE_KEPT: Kept = { rows: [], cursor: null };

/** What was read before with a slice behind it, and with what follows that slice. */
export async function withRest(token: string, id: string, before: Kept, slice: ChangeSlice): Promise<Kept> {
  const now: Kept = { rows: [...before.rows, ...slice.nodes], cursor: slice.pageInfo.endCursor ?? before.cursor };
  if (!slice.pageInfo.hasNextPage || now.rows.length >= MOST_KEPT) return now;
  const more = await ask<{ recallCase: { changes: ChangeSlice } }>(token, MORE_CHANGES, { id, after: now.cursor });
  return more.data ? withRest(token, id, now, more.data.recallCase.changes) : now;
}

/** What one frame says joined, left and changed, each with the event that did it. */
export function changesIn(frame: CaseFrame): Change[] {
  const told = { at: frame.at, because: frame.because };
  const lots = ([["ADDED", frame.addedLots], ["REMOVED", frame.removedLots], ["CHANGED", frame.changedLots]] as const).flatMap(
    ([change, rows]) => rows.map((row) => ({ ...told, change, thing: `LOT:${row.lot.lotId}`, low: row.low, high: row.high })),
  );
  const units = ([["ADDED", frame.addedUnits], ["REMOVED", frame.removedUnits]] as const).flatMap(([change, rows]) =>
    rows.map((row) => ({ ...told, change, thing: `UNIT:${row.unit.unitId}`, low: 0, high: 1 })),
  );
  return [...lots, ...units];
}

/** The kept changes with those just heard, each once, the latest first. */
export function merged(heard: Change[], kept: Change[]): Change[] {
  const name = (row: Change) => `${row.change} ${row.thing} ${row.because?.eventId ?? row.at}`;
  const known = new Set(kept.map(name));
  const fresh = heard.filter((row) => !known.has(name(row)));
  return [...fresh, ...kept.toReversed()];
}

/** Rows as they are shown: each lot for itself, the units of one change together. */
export interface Moved {
  row: Change;
  things: string[];
}

export function grouped(rows: Change[]): Moved[] {
  const groups = new Map<string, Moved>();
  for (const row of rows) {
    const name = row.thing.startsWith("UNIT:") ? `${row.change} ${row.because?.eventId ?? row.at} ${row.low}` : `${row.change} ${row.thing} ${row.at}`;
    const group = groups.get(name);
    if (group) group.things.push(row.thing);
    else groups.set(name, { row, things: [row.thing] });
  }
  return [...groups.values()];
}
