import { useState } from "preact/hooks";
import { written } from "../shell/times";
import { word, words } from "../words";
import { bounds } from "./bounds";
import type { AffectedLot } from "./question";

/** One affected lot; its evidence opens below it. */
export function LotRow({ row, held }: { row: AffectedLot; held?: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <tr class={row.certainty.toLowerCase()} data-lot={row.lot.lotId} data-certainty={row.certainty} data-low={row.low} data-high={row.high}>
        <th scope="row"><a class="link-to" href={`/lot?lot=${encodeURIComponent(row.lot.lotId)}`}>{row.lot.lotId}</a>{held && <small class="held"> ■ {words.held}</small>}</th>
        <td class="certainty">{row.certainty === "DEFINITE" ? "● " : "◌ "}{word(row.certainty)}</td>
        <td>{bounds(row.low, row.high)} {words.of} {row.quantity}</td>
        <td>{row.dispositions.map((d) => `${bounds(d.low, d.high)} ${word(d.disposition)}`).join(", ")}</td>
        <td>{row.lot.currentOperation ?? "–"}</td>
        <td>{written(row.since)}</td>
        <td><button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>{words.evidence}</button></td>
      </tr>
      {open && (
        <tr class="evidence">
          <td colSpan={7}>
            {row.evidence.map((path, at) => (
              <ol key={at}>
                {path.steps.map((step) => (
                  <li key={step.event.eventId + step.toKey}>
                    <b>{step.fromKey}</b> {step.relation} <b>{step.toKey}</b>
                    <small> {written(step.at)} · {step.event.source} · {step.event.eventId}</small>
                  </li>
                ))}
              </ol>
            ))}
          </td>
        </tr>
      )}
    </>
  );
}
