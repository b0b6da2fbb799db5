import { en } from "./en";
import { zhHans } from "./zh-Hans";
import { zhHant } from "./zh-Hant";

export type Words = { readonly [K in keyof typeof en]: string };
export type Locale = "en" | "zh-Hant" | "zh-Hans";

const ALL: Record<Locale, Words> = { en, "zh-Hant": zhHant, "zh-Hans": zhHans };
export const LOCALES: [Locale, string][] = [["en", "English"], ["zh-Hant", "繁體中文"], ["zh-Hans", "简体中文"]];
const KEY = "dieloom.locale";

function guessed(): Locale {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(KEY) ?? navigator.language;
  if (/^zh-(hant|tw|hk|mo)/i.test(asked)) return "zh-Hant";
  return /^zh/i.test(asked) ? "zh-Hans" : "en";
}

export const locale: Locale = guessed();
export const words: Words = ALL[locale];

export function chooseLocale(next: Locale): void {
  localStorage.setItem(KEY, next);
  const address = new URL(location.href);
  address.searchParams.delete("lang");
  location.replace(address);
  location.reload();
}

/** Codes are never translated; an unknown one is shown as it is. */
export function word(code: string): string {
  return (words as Record<string, string>)[code] ?? code;
}
