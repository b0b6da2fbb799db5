import type { ComponentChildren } from "preact";
import { chooseLocale, LOCALES, locale, words, type Locale } from "../words";

/** Where one is, where one can go, and in which language. */
export function Header({ here, children }: { here: "board" | "recall"; children?: ComponentChildren }) {
  return (
    <header class="top">
      <h1>{words[here]}</h1>
      <nav>
        <a href="/" aria-current={here === "board" ? "page" : undefined}>{words.board}</a>
        <a href="/recall" aria-current={here === "recall" ? "page" : undefined}>{words.recall}</a>
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
