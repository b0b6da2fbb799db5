import { elapsed } from "../shell/times";
import { word, words } from "../words";
import { ICONS, type Equipment } from "./states";

/** One machine: its state in words, shape and colour, how long, and with which lot. */
export function Tile({ machine, now, stale }: { machine: Equipment; now: number; stale: boolean }) {
  return (
    <article
      class={`tile ${machine.state.toLowerCase()}${machine.connected ? "" : " offline"}`}
      data-equipment={machine.equipmentId}
      data-state={machine.state}
      data-since={machine.stateSince ?? ""}
    >
      <header>
        <h2>{machine.equipmentId}</h2>
        <span class="type">{machine.equipmentType}</span>
        {stale && <span class="stale-badge">{words.stale}</span>}
      </header>
      <p class="state">
        <svg viewBox="0 0 24 24" aria-hidden="true"><path fill-rule="evenodd" d={ICONS[machine.state]} /></svg>
        <strong>{word(machine.state)}</strong>
        <time>{elapsed(machine.stateSince, now)}</time>
      </p>
      <dl>
        <dt>{words.lot}</dt>
        <dd>{machine.lot ? <a class="link-to" href={`/lot?lot=${encodeURIComponent(machine.lot.lotId)}`}>{machine.lot.lotId}</a> : "–"}</dd>
        <dt>{words.recipe}</dt>
        <dd>{machine.recipeId ? `${machine.recipeId} ${machine.recipeVersion ?? ""}` : "–"}</dd>
      </dl>
      <footer>
        {machine.openAlarms.length > 0 && <span class="alarm">▲ {machine.openAlarms.length > 1 ? `${words.alarms}: ${machine.openAlarms.length}, ` : ""}{machine.openAlarms[0]!.text}</span>}
        {machine.reasonCode && <span>{machine.reasonCode}</span>}
        {!machine.connected && <span class="off">{words.offline}</span>}
      </footer>
    </article>
  );
}
