import { written } from "../shell/times";
import { words } from "../words";
import { bounds } from "./bounds";
import type { Impact } from "./question";

/** The answer in one line, and what must be known before trusting it. */
export function Summary({ impact }: { impact: Impact }) {
  const { totals, answer } = impact;
  const reached = [
    [words.orders, impact.orders.map((o) => o.order.orderId)],
    [words.customers, impact.customers.map((c) => c.customer.customerId)],
    [words.shipments, impact.shipments.map((s) => s.shipment.shipmentId)],
  ] as const;
  return (
    <section class="summary" aria-label={words.affectedLots}>
      <p class="figures">
        <strong>{bounds(totals.low, totals.high)}</strong> {words.units} · <strong>{totals.lots}</strong> {words.affectedLots}
        {" "}({totals.definiteLots} {words.definiteLots}, {totals.possibleLots} {words.possibleLots}) · {words.asOf} {written(answer.asOf)}
      </p>
      <dl>
        {reached.map(([name, keys]) => (
          <div key={name}><dt>{name}</dt><dd>{keys.length === 0 ? "–" : keys.join(", ")}</dd></div>
        ))}
      </dl>
      {!answer.complete && <p class="banner" role="alert">{words.incomplete}: {answer.limitHit}</p>}
      {answer.findings.length > 0 && (
        <details open={answer.findings.length <= 3}>
          <summary>{words.findings}: {answer.findings.length}</summary>
          <ul>
            {answer.findings.map((finding, at) => (
              <li key={at}><code>{finding.code}</code> {finding.message} <small>{finding.things.join(", ")}</small></li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
