import { bounds } from "../recall/bounds";
import { written } from "../shell/times";
import { word, words } from "../words";
import type { Change } from "./documents";
import { grouped } from "./movement";

const MOST_NAMED = 6;
const MARKS = { ADDED: "+", REMOVED: "−", CHANGED: "≈" };

/** What joined, left and changed since the case was opened, and the event that did it. */
export function Changes({ rows }: { rows: Change[] }) {
  return (
    <details open>
      <summary>{words.changes}: {rows.length}</summary>
      {rows.length === 0 && <p class="soft">{words.noChanges}</p>}
      <ul class="changes">
        {grouped(rows).map(({ row, things }, at) => (
          <li key={at} data-change={row.change} data-thing={row.thing}>
            <b>{MARKS[row.change]} {word(row.change)}</b> {things.length > 1 ? `${things.length} × UNIT: ${named(things)}` : <>{row.thing} <span>{bounds(row.low, row.high)}</span></>}
            <small> {written(row.at)} · {row.because ? `${row.because.type} · ${row.because.source} · ${row.because.eventId}` : words.causeUnknown}</small>
          </li>
        ))}
      </ul>
    </details>
  );
}

function named(things: string[]): string {
  const keys = things.map((thing) => thing.slice("UNIT:".length)).sort();
  return keys.length > MOST_NAMED ? `${keys.slice(0, MOST_NAMED).join(", ")} …` : keys.join(", ");
}
