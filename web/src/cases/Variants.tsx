import { useState } from "preact/hooks";
import { ask, type Problem } from "../api/ask";
import { bounds } from "../recall/bounds";
import { suspectOf } from "../scope/scope";
import { words } from "../words";
import { WHAT_IF, type Variant, type WhatIf, type WholeCase } from "./documents";

interface Given {
  case: WholeCase;
  token: string;
  onProblem(problem: Problem | null): void;
}

/** The case beside what it would be: a wider or narrower window, one position only, without what was inspected again. */
export function Variants({ case: shown, token, onProblem }: Given) {
  const { kind, fields } = suspectOf(shown.scope);
  const [minutes, setMinutes] = useState("15");
  const [position, setPosition] = useState("");
  const [found, setFound] = useState<WhatIf | null>(null);
  const [busy, setBusy] = useState(false);
  const hasWindow = Boolean(fields.from || fields.to);

  function asked(): object[] {
    const by = Math.abs(Math.trunc(Number(minutes)));
    const variants: object[] = [{ name: words.withoutReinspected, excludeReinspected: true }];
    if (hasWindow && by > 0) variants.push({ name: `+ ${by} min`, minutes: by });
    if (hasWindow && by > 0 && canShrink(fields, by)) variants.push({ name: `− ${by} min`, minutes: -by });
    if (position.trim()) variants.push({ name: `${words.position} ${position.trim()}`, position: position.trim() });
    return variants;
  }

  async function compare(): Promise<void> {
    setBusy(true);
    const answer = await ask<{ recallCase: { whatIf: WhatIf } }>(token, WHAT_IF, { id: shown.caseId, variants: asked() });
    setBusy(false);
    onProblem(answer.problem);
    setFound(answer.data?.recallCase.whatIf ?? null);
  }

  return (
    <details class="variants">
      <summary>{words.whatIf}</summary>
      <form class="bar" onSubmit={(event) => { event.preventDefault(); void compare(); }}>
        {hasWindow && <label>{words.minutes}<input class="short" type="number" name="minutes" min={0} max={100000} value={minutes} onInput={(event) => setMinutes(event.currentTarget.value)} /></label>}
        {kind === "equipment" && <label>{words.position}<input class="short" name="only" maxLength={128} value={position} onInput={(event) => setPosition(event.currentTarget.value)} /></label>}
        <button type="submit" disabled={busy}>{busy ? words.working : words.compare}</button>
      </form>
      {found && (
        <div class="wide">
          <table>
            <thead><tr><th>{words.variant}</th><th>{words.units}</th><th>{words.affectedLots}</th><th>{words.moreLots}</th><th>{words.fewerLots}</th><th>{words.otherBounds}</th></tr></thead>
            <tbody>
              <tr><th scope="row">{words.asItStands}</th><td>{bounds(found.low, found.high)}</td><td>{found.lots}</td><td>–</td><td>–</td><td>–</td></tr>
              {found.variants.map((variant) => <Row key={variant.name} variant={variant} />)}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

/** Whether a window is longer than what both its sides would lose. */
function canShrink({ from, to }: { from?: string; to?: string }, minutes: number): boolean {
  return !from || !to || Date.parse(to) - Date.parse(from) > 2 * minutes * 60_000;
}

function Row({ variant }: { variant: Variant }) {
  const names = (slice: Variant["added"]) => slice.nodes.map((row) => row.lot.lotId).join(", ") + (slice.totalCount > slice.nodes.length ? ` … ${slice.totalCount}` : "");
  return (
    <tr data-variant={variant.name} data-lots={variant.lots}>
      <th scope="row">{variant.name}</th>
      <td>{bounds(variant.low, variant.high)}</td>
      <td>{variant.lots}</td>
      <td>{names(variant.added) || "–"}</td>
      <td>{names(variant.removed) || "–"}</td>
      <td>{variant.changed.map(({ now, before }) => `${now.lot.lotId}: ${bounds(before.low, before.high)} → ${bounds(now.low, now.high)}`).join("; ") || "–"}</td>
    </tr>
  );
}
