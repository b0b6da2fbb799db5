import { words } from "../words";

/** How many units carry it: one number when it is known, a range when it is not. */
export function bounds(low: number, high: number): string {
  if (low === high) return String(low);
  return words.between.replace("{low}", String(low)).replace("{high}", String(high));
}
