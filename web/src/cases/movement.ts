import type { CaseFrame, Change } from "./documents";

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
