import { locale } from "../words";

/** Time in a state as a wall shows it: 45 s, 12:07, 3:12:07, 2 d 03:12. */
export function elapsed(fromIso: string | null, nowMs: number): string {
  if (!fromIso) return "–";
  const total = Math.max(0, Math.floor((nowMs - Date.parse(fromIso)) / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const [d, h, m, s] = [Math.floor(total / 86400), Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60, total % 60];
  if (d > 0) return `${d} d ${two(h)}:${two(m)}`;
  if (h > 0) return `${h}:${two(m)}:${two(s)}`;
  return m > 0 ? `${m}:${two(s)}` : `${s} s`;
}

/** A factory runs by 24 hours; "11/12" is two days, so English names the month. */
const WRITTEN = new Intl.DateTimeFormat(locale, { dateStyle: locale === "en" ? "medium" : "short", timeStyle: "medium", hourCycle: "h23" });

export function written(iso: string): string {
  return WRITTEN.format(new Date(iso));
}
