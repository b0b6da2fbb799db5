import { useEffect, useState } from "preact/hooks";
import { ask, type Problem } from "../api/ask";
import { dropToken } from "../api/token";
import { addressed, scopeOf, suspectIn, type Suspect } from "../scope/scope";
import { ScopeFields } from "../scope/ScopeFields";
import { copy } from "../shell/copy";
import { Header } from "../shell/Header";
import { ProblemBanner } from "../shell/Problem";
import { words } from "../words";
import { BeginCase } from "./BeginCase";
import { Download } from "./Download";
import { LotRow } from "./LotRow";
import { RECALL, type Impact } from "./question";
import { Summary } from "./Summary";
import { Units } from "./Units";

const PAGE = 100;

/** Name a suspect, see what may carry it: how much, how sure, where; then make it a case. */
export function Recall({ token, onRefused }: { token: string; onRefused(): void }) {
  const [suspect, setSuspect] = useState(() => suspectIn(new URLSearchParams(location.search)));
  const [shown, setShown] = useState<{ impact: Impact; suspect: Suspect } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  async function load(about: Suspect, after: string | null): Promise<void> {
    setBusy(true);
    const answer = await ask<{ recallImpact: Impact }>(token, RECALL, { scope: scopeOf(about), first: PAGE, after });
    setBusy(false);
    setProblem(answer.problem);
    if (answer.problem?.code === "access.unauthenticated") {
      dropToken();
      return onRefused();
    }
    if (!answer.data) return setShown(null);
    const next = answer.data.recallImpact;
    if (after && shown) next.lots.nodes = [...shown.impact.lots.nodes, ...next.lots.nodes];
    setShown({ impact: next, suspect: about });
    history.replaceState(null, "", addressed(about));
  }

  useEffect(() => {
    if (suspect.key) void load(suspect, null);
  }, []);

  const impact = shown?.impact;
  return (
    <>
      <Header here="recall" />
      <main class="page recall">
        <form class="bar" onSubmit={(event) => { event.preventDefault(); void load(suspect, null); }}>
          <ScopeFields token={token} suspect={suspect} onChange={setSuspect} />
          <button type="submit" disabled={busy}>{busy ? words.asking : words.ask}</button>
          <CopyQuery suspect={suspect} />
        </form>
        <ProblemBanner problem={problem} />
        {!shown && !problem && !busy && <p class="empty">{words.recallHint}</p>}
        {shown && <Summary impact={shown.impact} />}
        {shown && <Download token={token} scope={scopeOf(shown.suspect)} name={`recall-${shown.suspect.key.trim()}`} onProblem={setProblem} />}
        {shown && <BeginCase key={addressed(shown.suspect)} token={token} scope={scopeOf(shown.suspect)} onProblem={setProblem} />}
        {impact && impact.lots.totalCount === 0 && <p class="empty">{words.nothing}</p>}
        {impact && impact.lots.totalCount > 0 && (
          <div class="wide">
            <table>
              <thead>
                <tr><th>{words.lot}</th><th>{words.certainty}</th><th>{words.units}</th><th>{words.where}</th><th>{words.operation}</th><th>{words.exposedSince}</th><th /></tr>
              </thead>
              <tbody>{impact.lots.nodes.map((row) => <LotRow key={row.lot.lotId} row={row} />)}</tbody>
            </table>
          </div>
        )}
        {shown?.impact.lots.pageInfo.hasNextPage && (
          <button type="button" onClick={() => void load(shown.suspect, shown.impact.lots.pageInfo.endCursor)}>{words.more}</button>
        )}
        {impact && <Units units={impact.units} />}
      </main>
    </>
  );
}

function CopyQuery({ suspect }: { suspect: Suspect }) {
  const [done, setDone] = useState(false);
  const variables = JSON.stringify({ scope: scopeOf(suspect), first: PAGE }, null, 2);
  return (
    <button
      type="button"
      class="quiet"
      onClick={() => void copy(`${RECALL}\n\n# variables\n${variables}`).then(setDone)}
    >
      {done ? words.copied : words.copyQuery}
    </button>
  );
}
