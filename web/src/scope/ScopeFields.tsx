import { words } from "../words";
import { useNames } from "./names";
import { KINDS, SHAPES, type Field, type Kind, type Suspect } from "./scope";

interface Asked {
  token: string;
  suspect: Suspect;
  onChange(suspect: Suspect): void;
}

const MOMENTS: ReadonlySet<Field> = new Set(["from", "to"]);

/** What is suspect: its kind, its name, and what narrows it down. */
export function ScopeFields({ token, suspect, onChange }: Asked) {
  const { kind, key, fields } = suspect;
  const names = useNames(token, kind, key);
  return (
    <>
      <select aria-label={words.suspect} name="kind" value={kind} onChange={(event) => onChange({ kind: event.currentTarget.value as Kind, key: "", fields: {} })}>
        {KINDS.map((each) => <option key={each} value={each}>{words[each]}</option>)}
      </select>
      <label>{words[kind]}
        <input name={kind} class="key" required maxLength={128} autoFocus list="names" autocomplete="off" value={key} onInput={(event) => onChange({ ...suspect, key: event.currentTarget.value })} />
        <datalist id="names">{names.map((name) => <option key={name} value={name} />)}</datalist>
      </label>
      {SHAPES[kind].fields.map((field) => (
        <label key={field}>{words[field]}
          <Narrowing field={field} value={fields[field] ?? ""} onValue={(value) => onChange({ ...suspect, fields: { ...fields, [field]: value } })} />
        </label>
      ))}
    </>
  );
}

function Narrowing({ field, value, onValue }: { field: Field; value: string; onValue(value: string): void }) {
  if (MOMENTS.has(field)) {
    return (
      <input
        name={field} type="datetime-local" step="0.001" value={localTime(value)}
        onChange={(event) => onValue(event.currentTarget.value ? new Date(event.currentTarget.value).toISOString() : "")}
      />
    );
  }
  const typed = { name: field, class: "short", value, onInput: (event: { currentTarget: HTMLInputElement }) => onValue(event.currentTarget.value) };
  if (field === "bins") return <input {...typed} type="text" maxLength={128} pattern="[0-9]+([ ,]+[0-9]+)*" />;
  if (field === "position" || field === "version") return <input {...typed} type="text" maxLength={128} required={field === "version"} />;
  return <input {...typed} type="number" />;
}

/** A moment as the field shows it: by this machine's clock, without a zone. */
function localTime(iso: string): string {
  if (!iso) return "";
  const moment = new Date(iso);
  const two = (n: number, digits = 2) => String(n).padStart(digits, "0");
  const day = `${two(moment.getFullYear(), 4)}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}.${two(moment.getMilliseconds(), 3)}`;
}
