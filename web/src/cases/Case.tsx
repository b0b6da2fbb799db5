import { useEffect, useRef, useState } from "preact/hooks";
import { ask, type Problem } from "../api/ask";
import { follow, type Link } from "../api/live";
import { dropToken } from "../api/token";
import { bounds } from "../recall/bounds";
import { Download } from "../recall/Download";
import { LotRow } from "../recall/LotRow";
import type { Totals } from "../recall/question";
import { inWords } from "../scope/inWords";
import { addressed, suspectOf } from "../scope/scope";
import { Header } from "../shell/Header";
import { ProblemBanner } from "../shell/Problem";
import { words } from "../words";
import { Changes } from "./Changes";
import { Customers } from "./Customers";
import { CASE, CHANGES, type CaseFrame, type Change, type WholeCase } from "./documents";
import { Holds } from "./Holds";
import { Log } from "./Log";
import { changesIn, merged, NONE_KEPT, withRest, type Kept } from "./movement";
import { StateMark } from "./StateMark";
import { Steps } from "./Steps";
import { Variants } from "./Variants";

const LIVE = new Set(["OPENED", "CONTAINED", "PARTLY_RELEASED"]);
const SETTLED_MS = 700;
const WAITING_MS = 3_000;
const LOTS_AT_FIRST = 50;
/** More would weigh more than one question may; the recall page has them all. */
const MOST_LOTS = 300;
/** What a later try may not meet again. */
const PASSING = new Set(["service.unreachable", "graph.unavailable", "stream.unavailable", "request.timeout", "twin.behind"]);

/** One recall case: where it stands, what it reaches now, what joins and leaves, what is stopped, whose goods. */
export function Case({ token, caseId, onRefused }: { token: string; caseId: string; onRefused(): void }) {
  const [shown, setShown] = useState<WholeCase | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [link, setLink] = useState<Link>("connecting");
  const [heard, setHeard] = useState<Change[]>([]);
  const [totals, setTotals] = useState<Totals | null>(null);
  const kept = useRef<Kept>(NONE_KEPT);
  const lots = useRef(LOTS_AT_FIRST);
  const failed = useRef(false);
  const reading = useRef(Promise.resolve());
  const again = useRef<ReturnType<typeof setTimeout>>(undefined);

  async function read(watermark?: string): Promise<void> {
    const variables = { id: caseId, after: kept.current.cursor, lots: lots.current };
    const answer = await ask<{ recallCase: WholeCase }>(token, CASE, variables, watermark);
    if (answer.problem?.code === "access.unauthenticated") {
      dropToken();
      return onRefused();
    }
    if (answer.problem) {
      failed.current = true;
      if (PASSING.has(answer.problem.code)) soon(WAITING_MS);
      return setProblem(answer.problem);
    }
    if (failed.current) setProblem(null);
    failed.current = false;
    kept.current = await withRest(token, caseId, kept.current, answer.data.recallCase.changes);
    setShown(answer.data.recallCase);
    setTotals(answer.data.recallCase.impact.totals);
  }

  function load(watermark?: string): void {
    reading.current = reading.current.then(() => read(watermark));
  }

  function more(): void {
    lots.current = Math.min(lots.current + 2 * LOTS_AT_FIRST, MOST_LOTS);
    load();
  }

  function soon(wait: number): void {
    clearTimeout(again.current);
    again.current = setTimeout(load, wait);
  }

  useEffect(() => {
    load();
    return () => clearTimeout(again.current);
  }, [caseId]);
  const isLive = shown !== null && LIVE.has(shown.state);
  useEffect(() => {
    if (!isLive) return;
    return follow<CaseFrame>(token, "recallCaseChanges", CHANGES, { id: caseId }, {
      frame(frame) {
        if (frame.totals) setTotals(frame.totals);
        if (frame.kind !== "DELTA") return;
        setHeard((before) => [...changesIn(frame), ...before]);
        soon(SETTLED_MS);
      },
      link: setLink,
    });
  }, [token, caseId, isLive]);
  const waits = (shown?.containment.pending ?? 0) + (shown?.containment.overdue ?? 0) > 0;
  useEffect(() => {
    if (waits) soon(WAITING_MS);
  }, [shown]);

  const act = { token, onProblem: setProblem, onChanged: load };
  return (
    <>
      <Header here="cases">
        {isLive && <span class={`link ${link === "live" ? "live" : "stale"}`} role="status" data-link={link}>{words[link]}</span>}
      </Header>
      <main class="page" data-state={shown?.state}>
        <ProblemBanner problem={problem} />
        {!shown && !problem && <p class="empty" aria-live="polite">{words.asking}</p>}
        {shown && totals && (
          <>
            <About case={shown} totals={totals} />
            <Steps case={shown} {...act} />
            <Download token={token} scope={shown.scope} name={shown.caseId} onProblem={setProblem} />
            <Lots case={shown} onMore={more} />
            {shown.state !== "DRAFT" && shown.state !== "SIMULATED" && <Changes rows={merged(heard, kept.current.rows)} />}
            <Holds case={shown} {...act} />
            <Customers rows={shown.customers} />
            <Variants token={token} case={shown} onProblem={setProblem} />
            <Log log={shown.log} />
          </>
        )}
      </main>
    </>
  );
}

function About({ case: shown, totals }: { case: WholeCase; totals: Totals }) {
  const suspect = suspectOf(shown.scope);
  return (
    <section class="summary">
      <h2>{shown.caseId} <StateMark state={shown.state} /></h2>
      <p><a class="link-to" href={`/recall${addressed(suspect)}`}>{inWords(suspect)}</a></p>
      <p class="figures" data-low={totals.low} data-high={totals.high} data-lots={totals.lots}>
        <strong>{bounds(totals.low, totals.high)}</strong> {words.units} · <strong>{totals.lots}</strong> {words.affectedLots}
        {" "}({totals.definiteLots} {words.definiteLots}, {totals.possibleLots} {words.possibleLots})
      </p>
      <dl>
        <div><dt>{words.reason}</dt><dd>{shown.reason}</dd></div>
        <div><dt>{words.owner}</dt><dd>{shown.owner}</dd></div>
        <div><dt>{words.held}</dt><dd data-held={shown.heldLots.length}>{shown.heldLots.length + shown.heldContainers.length}</dd></div>
        {shown.closingReason && <div><dt>{words.closedBecause}</dt><dd>{shown.closingReason}</dd></div>}
      </dl>
      {!shown.impact.answer.complete && <p class="banner" role="alert">{words.incomplete}: {shown.impact.answer.limitHit}</p>}
    </section>
  );
}

function Lots({ case: shown, onMore }: { case: WholeCase; onMore(): void }) {
  const { nodes, totalCount } = shown.impact.lots;
  const left = totalCount - nodes.length;
  if (totalCount === 0) return null;
  return (
    <details open>
      <summary>{words.affectedLots}: {totalCount}</summary>
      <div class="wide">
        <table>
          <thead>
            <tr><th>{words.lot}</th><th>{words.certainty}</th><th>{words.units}</th><th>{words.where}</th><th>{words.operation}</th><th>{words.exposedSince}</th><th /></tr>
          </thead>
          <tbody>{nodes.map((row) => <LotRow key={row.lot.lotId} row={row} held={shown.heldLots.includes(row.lot.lotId)} />)}</tbody>
        </table>
      </div>
      {left > 0 && <p class="soft" data-left={left}>… {left} {nodes.length < MOST_LOTS && <button type="button" class="quiet" onClick={onMore}>{words.more}</button>}</p>}
    </details>
  );
}
