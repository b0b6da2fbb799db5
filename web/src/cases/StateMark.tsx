import { word } from "../words";
import type { CaseState } from "./documents";

const MARKS: Record<CaseState, string> = {
  DRAFT: "◌",
  SIMULATED: "◔",
  OPENED: "▲",
  CONTAINED: "■",
  PARTLY_RELEASED: "◧",
  CLOSED: "✓",
};

/** Where a case stands: a shape and a word, then a colour. */
export function StateMark({ state }: { state: CaseState }) {
  return <span class={`mark ${state.toLowerCase()}`}><span aria-hidden="true">{MARKS[state]}</span> {word(state)}</span>;
}
