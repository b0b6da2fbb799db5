import { useState } from "preact/hooks";
import { change, type Problem } from "../api/ask";
import { word, words, type Words } from "../words";
import { ASSIGN, CLOSE, CONTAIN, NOTE, OPEN, RELEASE, SIMULATE, type CaseState, type Changed, type WholeCase } from "./documents";

interface Given {
  case: WholeCase;
  token: string;
  onProblem(problem: Problem | null): void;
  onChanged(watermark: string): void;
}

type Step = "simulate" | "openIt" | "contain" | "release" | "close" | "assign" | "note";

const STEPS: Record<CaseState, readonly Step[]> = {
  DRAFT: ["simulate", "close", "note", "assign"],
  SIMULATED: ["openIt", "simulate", "close", "note", "assign"],
  OPENED: ["contain", "close", "note", "assign"],
  CONTAINED: ["contain", "release", "close", "note", "assign"],
  PARTLY_RELEASED: ["contain", "release", "close", "note", "assign"],
  CLOSED: [],
};
const FOR_DRILLS: ReadonlySet<Step> = new Set(["close", "note", "assign"]);
const MUTATIONS: Record<Step, readonly [string, string]> = {
  simulate: ["simulateRecallCase", SIMULATE],
  openIt: ["openRecallCase", OPEN],
  contain: ["containRecallCase", CONTAIN],
  release: ["releaseFromRecallCase", RELEASE],
  close: ["closeRecallCase", CLOSE],
  assign: ["assignRecallCase", ASSIGN],
  note: ["noteOnRecallCase", NOTE],
};
const TYPED: Partial<Record<Step, [string, keyof Words]>> = {
  assign: ["owner", "newOwner"],
  note: ["text", "noteText"],
};

/** What may be done to a case as it stands: one step is chosen, says what it needs, and is done. */
export function Steps({ case: shown, token, onProblem, onChanged }: Given) {
  const steps = STEPS[shown.state].filter((step) => shown.kind === "RECALL" || FOR_DRILLS.has(step));
  const [chosen, setChosen] = useState<Step | null>(null);
  const [text, setText] = useState("");
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [keepHolds, setKeepHolds] = useState(false);
  const [busy, setBusy] = useState(false);
  const step = chosen && steps.includes(chosen) ? chosen : null;
  const held = [...shown.heldLots, ...shown.heldContainers];

  function input(of: Step): object {
    if (of === "simulate") return {};
    const said = { [TYPED[of]?.[0] ?? "reason"]: text };
    if (of === "close") return { ...said, keepHolds };
    if (of !== "release") return said;
    const kept = (names: string[]) => names.filter((name) => picked.has(name));
    return { ...said, lotIds: kept(shown.heldLots), containerIds: kept(shown.heldContainers) };
  }

  async function take(of: Step): Promise<void> {
    setBusy(true);
    const done = await change<Changed>(token, ...MUTATIONS[of], { caseId: shown.caseId, ...input(of) });
    setBusy(false);
    onProblem(done.problem);
    if (!done.data) return;
    setChosen(null);
    setText("");
    setPicked(new Set());
    onChanged(done.data.watermark);
  }

  if (steps.length === 0) return null;
  return (
    <section class="steps" aria-label={words.nextStep}>
      <div class="bar">
        {steps.map((each, at) => (
          <button
            key={each} type="button" class={at === 0 ? "" : "quiet"} disabled={busy} aria-pressed={each === step}
            onClick={() => (each === "simulate" ? void take(each) : setChosen(each === step ? null : each))}
          >
            {words[each]}
          </button>
        ))}
      </div>
      {step && (
        <form class="bar" onSubmit={(event) => { event.preventDefault(); void take(step); }}>
          {step === "release" && (
            <fieldset>
              <legend>{words.releaseWhat}</legend>
              {held.map((name) => (
                <label key={name} class="check">
                  <input type="checkbox" name={name} checked={picked.has(name)} onChange={(event) => setPicked(toggled(picked, name, event.currentTarget.checked))} /> {name}
                </label>
              ))}
            </fieldset>
          )}
          {step === "close" && held.length > 0 && (
            <label class="check">
              <input type="checkbox" name="keepHolds" checked={keepHolds} onChange={(event) => setKeepHolds(event.currentTarget.checked)} /> {words.keepHolds}
            </label>
          )}
          <label>{words[TYPED[step]?.[1] ?? "reason"]}
            <input name="said" class="key" required autoFocus maxLength={step === "assign" ? 128 : 2000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
          </label>
          <button type="submit" disabled={busy || (step === "release" && picked.size === 0)}>{busy ? words.working : word("doIt")}</button>
        </form>
      )}
    </section>
  );
}

function toggled(picked: ReadonlySet<string>, name: string, wanted: boolean): ReadonlySet<string> {
  const next = new Set(picked);
  if (wanted) next.add(name);
  else next.delete(name);
  return next;
}
