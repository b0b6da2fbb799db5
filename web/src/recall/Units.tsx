import { word, words } from "../words";
import type { Impact } from "./question";

/** The units that are known by name, the first of them. */
export function Units({ units }: { units: Impact["units"] }) {
  if (units.totalCount === 0) return null;
  return (
    <details class="units">
      <summary>{words.unitsByName}: {units.totalCount}</summary>
      <ul class="names">
        {units.nodes.map(({ unit, certainty }) => (
          <li key={unit.unitId} data-unit={unit.unitId} class={certainty.toLowerCase()}>
            {certainty === "DEFINITE" ? "● " : "◌ "}{unit.unitId} <small>{word(certainty)}{unit.lot ? ` · ${unit.lot.lotId}` : ""}</small>
          </li>
        ))}
        {units.totalCount > units.nodes.length && <li>… {units.totalCount - units.nodes.length}</li>}
      </ul>
    </details>
  );
}
