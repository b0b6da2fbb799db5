import { written } from "../shell/times";
import { word, words } from "../words";
import type { WholeCase } from "./documents";

/** Who did what to the case, and when. */
export function Log({ log }: { log: WholeCase["log"] }) {
  return (
    <details>
      <summary>{words.log}: {log.totalCount}</summary>
      <ol class="changes">
        {log.nodes.map((entry) => (
          <li key={entry.number}>
            <b>{word(entry.action)}</b> {String(entry.data["reason"] ?? entry.data["text"] ?? "")}
            <small> {written(entry.at)} · {entry.actor} ({entry.role})</small>
          </li>
        ))}
      </ol>
      {log.totalCount > log.nodes.length && <p class="soft">… {log.totalCount - log.nodes.length}</p>}
    </details>
  );
}
