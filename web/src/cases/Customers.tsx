import { bounds } from "../recall/bounds";
import { words } from "../words";
import type { Reached } from "./documents";

/** Whose goods may carry the suspect. */
export function Customers({ rows }: { rows: Reached[] }) {
  if (rows.length === 0) return null;
  return (
    <details open>
      <summary>{words.customers}: {rows.length}</summary>
      <div class="wide">
        <table>
          <thead><tr><th>{words.customer}</th><th>{words.shippedUnits}</th><th>{words.orders}</th><th>{words.shipments}</th><th>{words.affectedLots}</th></tr></thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.customer.customerId} data-customer={row.customer.customerId}>
                <th scope="row">{row.customer.customerId}</th>
                <td>{bounds(row.low, row.high)}</td>
                <td>{row.orderIds.join(", ") || "–"}</td>
                <td>{row.shipmentIds.join(", ") || "–"}</td>
                <td>{row.lotIds.join(", ") || "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
