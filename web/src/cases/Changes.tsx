import { bounds } from "../recall/bounds";
import { written } from "../shell/times";
import { word, words } from "../words";
import type { Change } from "./documents";

const MARKS = { ADDED: "+", REMOVED: "−", CHANGED: "≈" };

/** What joined, left and changed since the case was opened, and the event that did it. */
export function Changes({ rows }: { rows: Change[] }) {
  return (
    <details open>
      <summary>{words.changes}: {rows.length}</summary>
      {rows.length === 0 && <p class="soft">{words.noChanges}</p>}
      <ul class="changes">
        {rows.map((row, at) => (
          <li key={at} data-change={row.change} data-thing={row.thing}>
            <b>{MARKS[row.change]} {word(row.change)}</b> {row.thing} <span>{bounds(row.low, row.high)}</span>
            <small> {written(row.at)} · {row.because ? `${row.because.type} · ${row.because.source} · ${row.because.eventId}` : words.causeUnknown}</small>
          </li>
        ))}
      </ul>
    </details>
  );
}
