import { ask, type Answer } from "../api/ask";
import type { Suspect } from "../scope/scope";
import { MORE_MOVED, type LotShown, type Moved, type Substrate } from "./document";

const MOST_DIES = 20_000;

interface Box {
  xMin: number;
  xMax: number;
  yMin: number;
  yMax: number;
  count: number;
}

/** The lot with every die that came to its substrates; a substrate with very many keeps its first ones. */
export async function withAllMoved(token: string, lot: LotShown): Promise<Answer<LotShown>> {
  const substrates: Substrate[] = [];
  for (const substrate of lot.substrates) {
    const moved = await allMoved(token, substrate);
    if (!moved.data) return moved;
    substrates.push({ ...substrate, transfers: moved.data });
  }
  return { data: { ...lot, substrates }, problem: null };
}

async function allMoved(token: string, { substrateId, transfers }: Substrate): Promise<Answer<Moved>> {
  let moved = transfers;
  while (moved.pageInfo.hasNextPage && moved.nodes.length < MOST_DIES) {
    const after = moved.pageInfo.endCursor;
    const more = await ask<{ substrate: { transfers: Moved } | null }>(token, MORE_MOVED, { id: substrateId, after });
    if (!more.data) return more;
    if (!more.data.substrate) break;
    const next = more.data.substrate.transfers;
    moved = { ...next, nodes: [...moved.nodes, ...next.nodes] };
  }
  return { data: moved, problem: null };
}

/** Of how many dies of a lot the wafer is not looked at here. */
export function notLookedAt(substrates: Substrate[]): number {
  return substrates.reduce((sum, { transfers }) => sum + transfers.totalCount - transfers.nodes.length, 0);
}

/** Where the dies of a lot came from: each wafer with the box that holds the sites; the whole one unless all are known. */
export function wafersOf(substrates: Substrate[]): { count: number; suspect: Suspect }[] {
  const boxes = new Map<string, Box>();
  for (const { from: { x, y, substrate } } of substrates.flatMap(({ transfers }) => transfers.nodes)) {
    const box = boxes.get(substrate.substrateId);
    if (!box) boxes.set(substrate.substrateId, { xMin: x, xMax: x, yMin: y, yMax: y, count: 1 });
    else widen(box, x, y);
  }
  const areAllKnown = notLookedAt(substrates) === 0;
  return [...boxes].map(([key, { count, ...box }]) => {
    const fields = areAllKnown ? Object.fromEntries(Object.entries(box).map(([side, at]) => [side, String(at)])) : {};
    return { count, suspect: { kind: "wafer", key, fields } };
  });
}

function widen(box: Box, x: number, y: number): void {
  box.xMin = Math.min(box.xMin, x);
  box.xMax = Math.max(box.xMax, x);
  box.yMin = Math.min(box.yMin, y);
  box.yMax = Math.max(box.yMax, y);
  box.count += 1;
}
