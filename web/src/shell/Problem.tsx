import type { Problem } from "../api/ask";
import { words } from "../words";

/** Why something was not done: the service's own code and words; a missing right also in the page's language. */
export function ProblemBanner({ problem }: { problem: Problem | null }) {
  if (!problem) return null;
  return (
    <p class="banner" role="alert" data-code={problem.code}>
      {problem.code === "access.forbidden" && <strong>{words.notAllowed} </strong>}
      <code>{problem.code}</code> {problem.message}
    </p>
  );
}
