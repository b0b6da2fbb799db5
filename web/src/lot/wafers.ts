import type { Suspect } from "../scope/scope";
import type { Substrate } from "./document";

/** Where the dies of a lot came from: each wafer with the box that holds all sites they were taken from. */
export function wafersOf(substrates: Substrate[]): { count: number; suspect: Suspect }[] {
  const boxes = new Map<string, { x: number[]; y: number[] }>();
  for (const { from } of substrates.flatMap((substrate) => substrate.transfers.nodes)) {
    const box = boxes.get(from.substrate.substrateId) ?? { x: [], y: [] };
    box.x.push(from.x);
    box.y.push(from.y);
    boxes.set(from.substrate.substrateId, box);
  }
  return [...boxes].map(([key, { x, y }]) => ({
    count: x.length,
    suspect: {
      kind: "wafer",
      key,
      fields: {
        xMin: String(Math.min(...x)), xMax: String(Math.max(...x)),
        yMin: String(Math.min(...y)), yMax: String(Math.max(...y)),
      },
    },
  }));
}
