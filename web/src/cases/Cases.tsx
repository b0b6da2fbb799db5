import { useEffect, useState } from "preact/hooks";
import { ask, type Problem } from "../api/ask";
import { dropToken } from "../api/token";
import { bounds } from "../recall/bounds";
import { inWords } from "../scope/inWords";
import { suspectOf } from "../scope/scope";
import { Header } from "../shell/Header";
import { ProblemBanner } from "../shell/Problem";
import { written } from "../shell/times";
import { word, words } from "../words";
import { CASES, type CaseRow } from "./documents";
import { StateMark } from "./StateMark";

interface Slice {
  recallCases: { totalCount: number; pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: CaseRow[] };
}

const NOT_CLOSED = ["DRAFT", "SIMULATED", "OPENED", "CONTAINED", "PARTLY_RELEASED"];

/** All recall cases, the newest first: where each stands, whose it is, and what waits for too long. */
export function Cases({ token, onRefused }: { token: string; onRefused(): void }) {
  const [rows, setRows] = useState<CaseRow[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [closedToo, setClosedToo] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function load(after: string | null): Promise<void> {
    const filter = closedToo ? null : { state: NOT_CLOSED };
    const answer = await ask<Slice>(token, CASES, { filter, after });
    setProblem(answer.problem);
    if (answer.problem?.code === "access.unauthenticated") {
      dropToken();
      return onRefused();
    }
    if (!answer.data) return;
    const slice = answer.data.recallCases;
    setRows((shown) => (after ? [...(shown ?? []), ...slice.nodes] : slice.nodes));
    setNext(slice.pageInfo.hasNextPage ? slice.pageInfo.endCursor : null);
  }

  useEffect(() => {
    void load(null);
  }, [closedToo]);

  return (
    <>
      <Header here="cases" />
      <main class="page">
        <label class="check">
          <input type="checkbox" name="closed" checked={closedToo} onChange={(event) => setClosedToo(event.currentTarget.checked)} /> {words.closedToo}
        </label>
        <ProblemBanner problem={problem} />
        {!rows && !problem && <p class="empty" aria-live="polite">{words.asking}</p>}
        {rows?.length === 0 && <p class="empty">{words.noCases} <a href="/recall">{words.recall}</a></p>}
        {rows && rows.length > 0 && (
          <div class="wide">
            <table>
              <thead>
                <tr><th>{words.case}</th><th>{words.state}</th><th>{words.suspect}</th><th>{words.reason}</th><th>{words.owner}</th><th>{words.units}</th><th>{words.held}</th><th>{words.commands}</th><th>{words.updated}</th></tr>
              </thead>
              <tbody>{rows.map((row) => <Row key={row.caseId} row={row} />)}</tbody>
            </table>
          </div>
        )}
        {next && <button type="button" onClick={() => void load(next)}>{words.more}</button>}
      </main>
    </>
  );
}

function Row({ row }: { row: CaseRow }) {
  const { containment, simulation } = row;
  return (
    <tr data-case={row.caseId} data-state={row.state}>
      <th scope="row"><a class="link-to" href={`/cases?case=${encodeURIComponent(row.caseId)}`}>{row.caseId}</a>{row.kind === "DRILL" && <small> {word(row.kind)}</small>}</th>
      <td><StateMark state={row.state} /></td>
      <td>{inWords(suspectOf(row.scope))}</td>
      <td>{row.reason}</td>
      <td>{row.owner}</td>
      <td>{simulation ? `${bounds(simulation.low, simulation.high)} (${simulation.lots} ${words.affectedLots})` : "–"}</td>
      <td>{row.heldLots.length}</td>
      <td>{containment.acknowledged}/{containment.commands}{containment.overdue > 0 && <strong class="late"> ▲ {containment.overdue} {word("OVERDUE")}</strong>}</td>
      <td>{written(row.updatedAt)}</td>
    </tr>
  );
}
