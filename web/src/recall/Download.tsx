import { useState } from "preact/hooks";
import type { Problem } from "../api/ask";
import { download } from "../api/download";
import type { Scope } from "../scope/scope";
import { locale, words } from "../words";

const FORMS = ["xlsx", "pdf", "csv", "json", "epcis.json", "zip"] as const;

interface Asked {
  token: string;
  scope: Scope;
  name: string;
  onProblem(problem: Problem | null): void;
}

/** The answer as a file, in the language of the page; for one customer's eyes when one is named. */
export function Download({ token, scope, name, onProblem }: Asked) {
  const [form, setForm] = useState<string>(FORMS[0]);
  const [customer, setCustomer] = useState("");
  const [busy, setBusy] = useState(false);

  async function fetchFile(): Promise<void> {
    const query = new URLSearchParams({ scope: JSON.stringify(scope), language: locale });
    if (customer.trim()) query.set("customer", customer.trim());
    setBusy(true);
    onProblem(await download(token, `/dossier/recall.${form}?${query}`, `${name}.${form}`));
    setBusy(false);
  }

  return (
    <form class="bar download" onSubmit={(event) => { event.preventDefault(); void fetchFile(); }}>
      <label>{words.fileKind}
        <select name="form" value={form} onChange={(event) => setForm(event.currentTarget.value)}>
          {FORMS.map((each) => <option key={each} value={each}>{each === "zip" ? words.everyKind : each.toUpperCase()}</option>)}
        </select>
      </label>
      <label>{words.forCustomer}
        <input name="customer" maxLength={128} placeholder={words.wholeAnswer} value={customer} onInput={(event) => setCustomer(event.currentTarget.value)} />
      </label>
      <button type="submit" disabled={busy}>{busy ? words.writing : words.download}</button>
    </form>
  );
}
