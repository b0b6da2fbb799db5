import type { ComponentChildren } from "preact";
import { chooseLocale, LOCALES, locale, words, type Locale } from "../words";

export type Here = "board" | "lot" | "recall" | "cases";

const PLACES: [Here, string][] = [["board", "/"], ["recall", "/recall"], ["cases", "/cases"]];

/** Where one is, where one can go, and in which language. */
export function Header({ here, children }: { here: Here; children?: ComponentChildren }) {
  return (
    <header class="top">
      <h1>{words[here]}</h1>
      <nav>
        {PLACES.map(([place, address]) => (
          <a key={place} href={address} aria-current={here === place ? "page" : undefined}>{words[place]}</a>
        ))}
        <a href="/graphiql">{words.graphiql}</a>
      </nav>
      {children}
      <label class="language">
        <span class="unseen">{words.language}</span>
        <select onChange={(event) => chooseLocale(event.currentTarget.value as Locale)}>
          {LOCALES.map(([code, name]) => (
            <option key={code} value={code} selected={code === locale}>{name}</option>
          ))}
        </select>
      </label>
    </header>
  );
}
