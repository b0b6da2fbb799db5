import { useState } from "preact/hooks";
import { change, type Payload, type Problem } from "../api/ask";
import { written } from "../shell/times";
import { word, words } from "../words";
import { ACKNOWLEDGE, type Command, type WholeCase } from "./documents";

interface Given {
  case: WholeCase;
  token: string;
  onProblem(problem: Problem | null): void;
  onChanged(watermark: string): void;
}

/** Who was told to stop what, and what became of it. */
export function Holds({ case: shown, token, onProblem, onChanged }: Given) {
  const { containment, holdCommands, lotsLeftOut } = shown;
  const [busy, setBusy] = useState(false);
  if (containment.commands === 0) return null;

  async function acknowledge(commandId: string): Promise<void> {
    setBusy(true);
    const done = await change<Payload>(token, "acknowledgeHoldCommand", ACKNOWLEDGE, { commandId });
    setBusy(false);
    onProblem(done.problem);
    if (done.data) onChanged(done.data.watermark);
  }

  return (
    <details open class="holds">
      <summary>
        {words.containment}: {containment.acknowledged}/{containment.commands} {word("ACKNOWLEDGED")}
        {containment.pending > 0 && `, ${containment.pending} ${word("PENDING")}`}
        {containment.overdue > 0 && <strong class="late"> ▲ {containment.overdue} {word("OVERDUE")}</strong>}
      </summary>
      {lotsLeftOut.length > 0 && <p class="banner" role="alert">{words.leftOut}: {lotsLeftOut.join(", ")}</p>}
      <div class="wide">
        <table>
          <thead><tr><th>{words.thing}</th><th>{words.command}</th><th>{words.system}</th><th>{words.state}</th><th>{words.attempts}</th><th>{words.due}</th><th /></tr></thead>
          <tbody>
            {holdCommands.nodes.map((row) => (
              <tr key={row.commandId} data-command={row.state} data-key={row.key}>
                <th scope="row">{word(row.target)} {row.key}</th>
                <td>{word(row.verb)}</td>
                <td>{row.system === "twin" ? words.twin : row.system}</td>
                <td class={row.state === "OVERDUE" ? "late" : ""}><Became row={row} /></td>
                <td>{row.attempts}</td>
                <td>{written(row.dueAt)}</td>
                <td>{row.state !== "ACKNOWLEDGED" && row.system !== "twin" && <button type="button" disabled={busy} onClick={() => void acknowledge(row.commandId)}>{words.acknowledge}</button>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {holdCommands.totalCount > holdCommands.nodes.length && <p class="soft">… {holdCommands.totalCount - holdCommands.nodes.length}</p>}
    </details>
  );
}

function Became({ row }: { row: Command }) {
  if (row.state === "ACKNOWLEDGED") return <>✓ {word(row.state)} <small>{row.acknowledgedAt && written(row.acknowledgedAt)} · {row.acknowledgedBy}</small></>;
  const again = row.attempts > 0 ? `${words.againAt} ${written(row.nextAt)}` : "";
  return <>{row.state === "OVERDUE" ? "▲ " : "… "}{word(row.state)} <small>{[row.problem, again].filter(Boolean).join(" · ")}</small></>;
}
