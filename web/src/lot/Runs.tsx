import { addressed } from "../scope/scope";
import { written } from "../shell/times";
import { words } from "../words";
import type { Run } from "./document";

/** Where a lot was worked; the machine in just that window may be asked a recall about. */
export function Runs({ runs }: { runs: Run[] }) {
  if (runs.length === 0) return null;
  return (
    <section class="wide">
      <h3>{words.runs}</h3>
      <table>
        <thead><tr><th>{words.operation}</th><th>{words.equipment}</th><th>{words.from}</th><th>{words.to}</th><th>{words.recipe}</th><th>{words.operator}</th><th /></tr></thead>
        <tbody>
          {runs.map((run, at) => (
            <tr key={at} data-run={`${run.operation}/${run.equipment?.equipmentId ?? ""}`}>
              <th scope="row">{run.operation}</th>
              <td>{run.equipment?.equipmentId ?? "–"} {run.position}</td>
              <td>{run.startedAt ? written(run.startedAt) : "–"}</td>
              <td>{run.endedAt ? written(run.endedAt) : "…"}</td>
              <td>{run.recipeId ? `${run.recipeId} ${run.recipeVersion ?? ""}` : "–"}</td>
              <td>{run.operatorId ?? "–"}</td>
              <td>{run.equipment && <a class="ask" href={`/recall${addressed({ kind: "equipment", key: run.equipment.equipmentId, fields: windowOf(run) })}`}>{words.ask}</a>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The window of a run; a start is taken a millisecond early, because a window begins after its first moment. */
function windowOf(run: Run): { from?: string; to?: string } {
  const start = run.startedAt ?? run.endedAt;
  return {
    ...(start ? { from: new Date(Date.parse(start) - 1).toISOString() } : {}),
    ...(run.endedAt ? { to: run.endedAt } : {}),
  };
}
