import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import type { Kind } from "./scope";

const MOST = 20;
const TYPING_MS = 200;

const LISTS: Partial<Record<Kind, string>> = {
  materialLot: `query Names($begins: String!, $first: Int!) {
  things: materialLots(first: $first, filter: { materialLotId: { startsWith: $begins } }) { nodes { name: materialLotId } }
}`,
  lot: `query Names($begins: String!, $first: Int!) {
  things: lots(first: $first, filter: { lotId: { startsWith: $begins } }) { nodes { name: lotId } }
}`,
  equipment: "query Names { things: equipments(first: 200) { nodes { name: equipmentId } } }",
};

interface Named {
  things: { nodes: { name: string }[] };
}

/** Names of a kind that begin as typed, once the typing pauses; none of kinds that nobody lists. */
export function useNames(token: string, kind: Kind, typed: string): string[] {
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    const list = LISTS[kind];
    setNames([]);
    if (!list) return;
    let left = false;
    const pause = setTimeout(async () => {
      const answer = await ask<Named>(token, list, { begins: typed.trim(), first: MOST });
      if (!left && answer.data) setNames(answer.data.things.nodes.map((node) => node.name));
    }, TYPING_MS);
    return () => {
      left = true;
      clearTimeout(pause);
    };
  }, [token, kind, typed]);
  return names;
}
