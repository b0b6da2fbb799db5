import { useEffect, useState } from "preact/hooks";
import { follow, type Link } from "../api/live";
import { dropToken } from "../api/token";
import { Header } from "../shell/Header";
import { words } from "../words";
import type { Equipment } from "./states";
import { applied, EQUIPMENT_STATES, type EquipmentFrame } from "./subscription";
import { Tile } from "./Tile";

const STALE_AFTER_MS = 10_000;

/** The wall board: a tile per machine, kept true by one subscription. */
export function Board({ token, onRefused }: { token: string; onRefused(): void }) {
  const [machines, setMachines] = useState(new Map<string, Equipment>());
  const [link, setLink] = useState<Link>("connecting");
  const [heardAt, setHeardAt] = useState(0);
  const [frames, setFrames] = useState({ seq: -1, kind: "", at: "" });
  const [now, setNow] = useState(Date.now());
  const line = new URLSearchParams(location.search).get("line");

  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(tick);
  }, []);
  useEffect(
    () =>
      follow<EquipmentFrame>(token, "equipmentStates", EQUIPMENT_STATES, { lineId: line }, {
        frame(frame) {
          setMachines((shown) => applied(shown, frame));
          setHeardAt(Date.now());
          setFrames({ seq: frame.seq, kind: frame.kind, at: frame.at });
        },
        link: setLink,
      }),
    [token, line],
  );
  useEffect(() => {
    if (link === "refused") {
      dropToken();
      onRefused();
    }
  }, [link]);

  const stale = link !== "live" || now - heardAt > STALE_AFTER_MS;
  const shown = [...machines.values()].sort((a, b) => a.equipmentId.localeCompare(b.equipmentId));
  return (
    <>
      <Header here="board">
        <span class={`link ${stale ? "stale" : "live"}`} role="status" data-link={link} data-seq={frames.seq} data-kind={frames.kind}>
          {stale && link === "live" ? words.stale : words[link]}
        </span>
      </Header>
      {link === "lost" && <p class="banner" role="alert">{words.lostBanner}</p>}
      <main class={stale ? "tiles stale" : "tiles"}>
        {shown.map((machine) => <Tile key={machine.equipmentId} machine={machine} now={now} stale={stale} />)}
        {shown.length === 0 && link === "live" && <p class="empty">{words.noEquipment}</p>}
      </main>
    </>
  );
}
