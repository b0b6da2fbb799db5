import { useState } from "preact/hooks";
import { change, type Problem } from "../api/ask";
import { DRAFT, OPEN, SIMULATE, type Changed } from "../cases/documents";
import type { Scope } from "../scope/scope";
import { words } from "../words";

interface Asked {
  token: string;
  scope: Scope;
  onProblem(problem: Problem | null): void;
}

/** A case about what is shown: drafted and simulated, and opened when that is wanted; a second try goes on with its draft. */
export function BeginCase({ token, scope, onProblem }: Asked) {
  const [reason, setReason] = useState("");
  const [drafted, setDrafted] = useState<{ caseId: string; reason: string } | null>(null);
  const [busy, setBusy] = useState(false);

  async function begin(opened: boolean): Promise<void> {
    setBusy(true);
    let caseId = drafted?.reason === reason ? drafted.caseId : undefined;
    let problem: Problem | null = null;
    if (!caseId) {
      const begun = await change<Changed>(token, "draftRecallCase", DRAFT, { scope, reason });
      caseId = begun.data?.case?.caseId;
      problem = begun.problem;
      if (caseId) setDrafted({ caseId, reason });
    }
    if (caseId) problem = (await change<Changed>(token, "simulateRecallCase", SIMULATE, { caseId })).problem;
    if (caseId && opened && !problem) problem = (await change<Changed>(token, "openRecallCase", OPEN, { caseId, reason })).problem;
    setBusy(false);
    onProblem(problem);
    if (caseId && !problem) location.assign(`/cases?case=${encodeURIComponent(caseId)}`);
  }

  return (
    <form class="bar begin" onSubmit={(event) => { event.preventDefault(); void begin(true); }}>
      <label>{words.reason}
        <input name="reason" class="key" required maxLength={2000} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      <button type="submit" disabled={busy}>{busy ? words.working : words.openCase}</button>
      <button type="button" class="quiet" disabled={busy || !reason.trim()} onClick={() => void begin(false)}>{words.draftCase}</button>
    </form>
  );
}
