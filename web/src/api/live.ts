import { createClient } from "graphql-ws";

export type Link = "connecting" | "live" | "lost" | "refused";

export interface Frame {
  kind: "SNAPSHOT" | "DELTA" | "RESYNC" | "HEARTBEAT";
  seq: number;
  cursor: string;
  at: string;
}

interface Listener<F extends Frame> {
  frame(frame: F): void;
  link(link: Link): void;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
const REFUSED = new Set([4401, 4403]);

/**
 * Follow one subscription for ever: after a cut it resumes behind the last cursor it saw, and a hole in
 * `seq` makes it start again with a fresh snapshot. Returns the function that stops it.
 */
export function follow<F extends Frame>(
  token: string,
  field: string,
  document: string,
  variables: Record<string, unknown>,
  listener: Listener<F>,
): () => void {
  let stopped = false;
  let wait = FIRST_WAIT_MS;
  let cursor: string | null = null;
  let leave = () => {};

  function again(): void {
    if (stopped) return;
    listener.link("lost");
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  function connect(): void {
    if (stopped) return;
    let seq: number | null = null;
    let over = false;
    const end = (refused: boolean) => {
      if (over) return;
      over = true;
      void client.dispose();
      if (refused) {
        stopped = true;
        listener.link("refused");
      } else again();
    };
    const client = createClient({
      url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
      lazy: true,
      keepAlive: 5_000,
    });
    leave = () => {
      over = true;
      void client.dispose();
    };
    client.subscribe<Record<string, F>>(
      { query: document, variables: { ...variables, after: cursor } },
      {
        next(result) {
          const frame = result.data?.[field];
          if (over) return;
          if (!frame) {
            cursor = null;
            return end(false);
          }
          if (seq !== null && frame.kind !== "HEARTBEAT" && frame.seq > seq + 1) {
            cursor = null;
            return end(false);
          }
          seq = Math.max(seq ?? frame.seq, frame.seq);
          cursor = frame.cursor;
          wait = FIRST_WAIT_MS;
          listener.link("live");
          listener.frame(frame);
        },
        error(reason) {
          const refused = reason instanceof CloseEvent && REFUSED.has(reason.code);
          if (Array.isArray(reason)) cursor = null;
          end(refused);
        },
        complete() {
          end(false);
        },
      },
    );
  }

  listener.link("connecting");
  connect();
  return () => {
    stopped = true;
    leave();
  };
}
