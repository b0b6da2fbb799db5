import { written } from "../shell/times";
import { words } from "../words";
import type { Suspect } from "./scope";

/** A suspect in one line of words. */
export function inWords({ kind, key, fields }: Suspect): string {
  const parts = [`${words[kind]} ${key}`];
  if (fields.version) parts.push(fields.version);
  if (fields.position) parts.push(`${words.position} ${fields.position}`);
  for (const [axis, low, high] of [["x", fields.xMin, fields.xMax], ["y", fields.yMin, fields.yMax]]) {
    if (low || high) parts.push(`${axis} ${low ?? "…"}–${high ?? "…"}`);
  }
  if (fields.bins) parts.push(`${words.bins} ${fields.bins}`);
  const [from, to] = [fields.from, fields.to];
  if (from || to) parts.push(`${from ? written(from) : "…"} – ${to ? written(to) : "…"}`);
  return parts.join(", ");
}
