import { useEffect, useState } from "preact/hooks";
import { ask, type Problem } from "../api/ask";
import { dropToken } from "../api/token";
import { inWords } from "../scope/inWords";
import { addressed, type Suspect } from "../scope/scope";
import { Header } from "../shell/Header";
import { ProblemBanner } from "../shell/Problem";
import { written } from "../shell/times";
import { word, words } from "../words";
import { LOT, type LotShown } from "./document";
import { Runs } from "./Runs";
import { notLookedAt, wafersOf, withAllMoved } from "./wafers";

const QUALITY: Record<string, string> = { PASS: words.passed, FAIL: words.failed, PENDING: words.notJudged };

/** One lot: what it was made of, on which machines, from which dies; each of them may be asked a recall about. */
export function Lot({ token, lotId, onRefused }: { token: string; lotId: string; onRefused(): void }) {
  const [lot, setLot] = useState<LotShown | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function load(): Promise<void> {
    const answer = await ask<{ lot: LotShown | null }>(token, LOT, { id: lotId });
    if (answer.problem?.code === "access.unauthenticated") {
      dropToken();
      return onRefused();
    }
    if (!answer.data) return setProblem(answer.problem);
    if (!answer.data.lot) return setProblem({ code: "thing.not_found", message: lotId });
    const whole = await withAllMoved(token, answer.data.lot);
    setProblem(whole.problem);
    setLot(whole.data);
  }

  useEffect(() => {
    void load();
  }, [lotId]);

  return (
    <>
      <Header here="lot" />
      <main class="page">
        <ProblemBanner problem={problem} />
        {!lot && !problem && <p class="empty" aria-live="polite">{words.asking}</p>}
        {lot && <About lot={lot} />}
        {lot && <Materials lot={lot} />}
        {lot && <Runs runs={lot.runs} />}
        {lot && <Wafers lot={lot} />}
        {lot && <Family lot={lot} />}
      </main>
    </>
  );
}

function About({ lot }: { lot: LotShown }) {
  return (
    <section class="summary">
      <h2>{lot.lotId}</h2>
      <dl>
        <div><dt>{words.product}</dt><dd>{lot.product?.productId ?? "–"}</dd></div>
        <div><dt>{words.state}</dt><dd>{word(lot.status)}</dd></div>
        <div><dt>{words.quality}</dt><dd>{QUALITY[lot.quality] ?? lot.quality}</dd></div>
        <div><dt>{words.quantity}</dt><dd>{lot.quantity}</dd></div>
        <div><dt>{words.operation}</dt><dd>{lot.currentOperation ?? "–"}</dd></div>
        <div><dt>{words.equipment}</dt><dd>{lot.currentEquipment?.equipmentId ?? "–"}</dd></div>
        <div><dt>{words.orders}</dt><dd>{lot.orders.map((order) => order.orderId).join(", ") || "–"}</dd></div>
      </dl>
      {lot.holds.map((hold) => (
        <p key={hold.holdId} class="banner">■ {words.held}: {hold.reasonCode} {hold.note} <small>{hold.by} · {written(hold.heldAt)}</small></p>
      ))}
      <Ask suspect={{ kind: "lot", key: lot.lotId, fields: {} }} />
    </section>
  );
}

function Materials({ lot }: { lot: LotShown }) {
  if (lot.consumptions.length === 0) return null;
  return (
    <section class="wide">
      <h3>{words.materials}</h3>
      <table>
        <thead><tr><th>{words.materialLot}</th><th>{words.material}</th><th>{words.operation}</th><th>{words.quantity}</th><th>{words.at}</th><th /></tr></thead>
        <tbody>
          {lot.consumptions.map((row) => (
            <tr key={row.event.eventId} data-material-lot={row.materialLot.materialLotId}>
              <th scope="row">{row.materialLot.materialLotId}</th>
              <td>{row.materialLot.material?.name ?? "–"}</td>
              <td>{row.operation}</td>
              <td>{row.quantity.value} {row.quantity.unit}</td>
              <td>{written(row.at)}</td>
              <td><Ask suspect={{ kind: "materialLot", key: row.materialLot.materialLotId, fields: {} }} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Wafers({ lot }: { lot: LotShown }) {
  const wafers = wafersOf(lot.substrates);
  const missing = notLookedAt(lot.substrates);
  if (wafers.length === 0) return null;
  return (
    <section class="wide">
      <h3>{words.wafers}</h3>
      {missing > 0 && <p class="banner" role="alert">{words.incomplete}: … {missing} {words.dies}</p>}
      <table>
        <thead><tr><th>{words.wafer}</th><th>{words.dies}</th><th /></tr></thead>
        <tbody>
          {wafers.map(({ suspect, count }) => (
            <tr key={suspect.key} data-wafer={suspect.key}>
              <th scope="row">{inWords(suspect)}</th>
              <td>{count}</td>
              <td><Ask suspect={suspect} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Family({ lot }: { lot: LotShown }) {
  const rows = [
    ...lot.parents.map((row) => ({ ...row, other: row.from.lotId, name: words.cameFrom })),
    ...lot.children.map((row) => ({ ...row, other: row.to.lotId, name: words.wentTo })),
  ];
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>{words.family}</h3>
      <ul>
        {rows.map((row) => (
          <li key={row.name + row.other + row.at}>{row.name} <a class="link-to" href={`/lot?lot=${encodeURIComponent(row.other)}`}>{row.other}</a>: {row.quantity} <small>{row.kind} · {written(row.at)}</small></li>
        ))}
      </ul>
    </section>
  );
}

function Ask({ suspect }: { suspect: Suspect }) {
  return <a class="ask" href={`/recall${addressed(suspect)}`}>{words.ask}</a>;
}
