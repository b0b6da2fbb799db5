import { useEffect, useState } from "preact/hooks";
import { ask, type Problem } from "../api/ask";
import { dropToken } from "../api/token";
import { Header } from "../shell/Header";
import { words } from "../words";
import { Download } from "./Download";
import { LotRow } from "./LotRow";
import { RECALL, type Impact } from "./question";
import { Summary } from "./Summary";

const PAGE = 100;

/** Type a material lot, see what may carry it: how much, how sure, where. */
export function Recall({ token, onRefused }: { token: string; onRefused(): void }) {
  const asked = new URLSearchParams(location.search).get("materialLot") ?? "";
  const [text, setText] = useState(asked);
  const [impact, setImpact] = useState<Impact | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState("");

  async function load(after: string | null): Promise<void> {
    const materialLotId = text.trim();
    if (!materialLotId) return;
    setBusy(true);
    const scope = { materialLot: { materialLotId } };
    const answer = await ask<{ recallImpact: Impact }>(token, RECALL, { scope, first: PAGE, after });
    setBusy(false);
    setProblem(answer.problem);
    if (answer.problem?.code === "access.unauthenticated") {
      dropToken();
      return onRefused();
    }
    if (!answer.data) return setImpact(null);
    const next = answer.data.recallImpact;
    if (after && impact) next.lots.nodes = [...impact.lots.nodes, ...next.lots.nodes];
    setImpact(next);
    setShown(materialLotId);
    history.replaceState(null, "", `?materialLot=${encodeURIComponent(materialLotId)}`);
  }

  useEffect(() => {
    if (asked) void load(null);
  }, []);

  return (
    <>
      <Header here="recall" />
      <main class="recall">
        <form onSubmit={(event) => { event.preventDefault(); void load(null); }}>
          <label>{words.materialLot}
            <input name="materialLot" required maxLength={128} autoFocus value={text} onInput={(event) => setText(event.currentTarget.value)} />
          </label>
          <button type="submit" disabled={busy}>{busy ? words.asking : words.ask}</button>
          <CopyQuery materialLotId={text.trim()} />
        </form>
        {problem && <p class="banner" role="alert" data-code={problem.code}><code>{problem.code}</code> {problem.message}</p>}
        {impact && <Summary impact={impact} />}
        {impact && <Download token={token} materialLotId={shown} onProblem={setProblem} />}
        {impact && impact.lots.totalCount === 0 && <p class="empty">{words.nothing}</p>}
        {impact && impact.lots.totalCount > 0 && (
          <table>
            <thead>
              <tr><th>{words.lot}</th><th>{words.certainty}</th><th>{words.units}</th><th>{words.where}</th><th>{words.operation}</th><th>{words.exposedSince}</th><th /></tr>
            </thead>
            <tbody>{impact.lots.nodes.map((row) => <LotRow key={row.lot.lotId} row={row} />)}</tbody>
          </table>
        )}
        {impact?.lots.pageInfo.hasNextPage && (
          <button type="button" onClick={() => void load(impact.lots.pageInfo.endCursor)}>{words.more}</button>
        )}
      </main>
    </>
  );
}

function CopyQuery({ materialLotId }: { materialLotId: string }) {
  const [done, setDone] = useState(false);
  const variables = JSON.stringify({ scope: { materialLot: { materialLotId } }, first: PAGE }, null, 2);
  return (
    <button
      type="button"
      class="quiet"
      onClick={() => void navigator.clipboard.writeText(`${RECALL}\n\n# variables\n${variables}`).then(() => setDone(true))}
    >
      {done ? words.copied : words.copyQuery}
    </button>
  );
}
