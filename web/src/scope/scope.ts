/** RecallScope of the API as plain data: its kind to its fields. */
export type Scope = Record<string, Record<string, unknown>>;

export type Kind = "materialLot" | "equipment" | "wafer" | "lot" | "recipeVersion" | "operator" | "tool";
export type Field = "position" | "version" | "from" | "to" | "xMin" | "xMax" | "yMin" | "yMax" | "bins";

/** What somebody types: the kind of suspect, its name, and the fields that narrow it. */
export interface Suspect {
  kind: Kind;
  key: string;
  fields: Partial<Record<Field, string>>;
}

interface Shape {
  key: string;
  fields: readonly Field[];
  windowed: boolean;
}

export const SHAPES: Record<Kind, Shape> = {
  materialLot: { key: "materialLotId", fields: ["from"], windowed: false },
  equipment: { key: "equipmentId", fields: ["from", "to", "position"], windowed: true },
  wafer: { key: "substrateId", fields: ["xMin", "xMax", "yMin", "yMax", "bins"], windowed: false },
  lot: { key: "lotId", fields: ["from"], windowed: false },
  recipeVersion: { key: "recipeId", fields: ["version", "from", "to"], windowed: true },
  operator: { key: "operatorId", fields: ["from", "to"], windowed: true },
  tool: { key: "toolId", fields: ["from", "to"], windowed: true },
};
export const KINDS = Object.keys(SHAPES) as Kind[];
const NUMBERS: ReadonlySet<Field> = new Set(["xMin", "xMax", "yMin", "yMax"]);

/** The scope that a suspect asks with; fields left empty are left out. */
export function scopeOf({ kind, key, fields }: Suspect): Scope {
  const shape = SHAPES[kind];
  const asked: Record<string, unknown> = { [shape.key]: key.trim() };
  const window: Record<string, string> = {};
  for (const field of shape.fields) {
    const text = fields[field]?.trim();
    if (!text) continue;
    if (shape.windowed && (field === "from" || field === "to")) window[field] = text;
    else if (field === "bins") asked[field] = text.split(/[\s,]+/).map(Number);
    else asked[field] = NUMBERS.has(field) ? Number(text) : text;
  }
  if (shape.windowed && (kind === "equipment" || kind === "operator" || Object.keys(window).length > 0)) asked["window"] = window;
  return { [kind]: asked };
}

/** The suspect that a scope of the API is about. */
export function suspectOf(scope: Scope): Suspect {
  const kind = KINDS.find((each) => scope[each]) ?? "materialLot";
  const { window, ...plain } = scope[kind] ?? {};
  const told: Record<string, unknown> = { ...plain, ...(window as object | undefined) };
  const fields: Suspect["fields"] = {};
  for (const field of SHAPES[kind].fields) if (told[field] != null) fields[field] = String(told[field]);
  return { kind, key: String(told[SHAPES[kind].key] ?? ""), fields };
}

/** A suspect as the query part of an address, so that a link can ask. */
export function addressed({ kind, key, fields }: Suspect): string {
  const query = new URLSearchParams({ [kind]: key.trim() });
  for (const field of SHAPES[kind].fields) if (fields[field]) query.set(field, fields[field]);
  return `?${query}`;
}

/** The suspect that an address asks about; an empty material lot when it names none. */
export function suspectIn(address: URLSearchParams): Suspect {
  const kind = KINDS.find((each) => address.has(each)) ?? "materialLot";
  const fields: Suspect["fields"] = {};
  for (const field of SHAPES[kind].fields) if (address.get(field)) fields[field] = address.get(field)!;
  return { kind, key: address.get(kind) ?? "", fields };
}
