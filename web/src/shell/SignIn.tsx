import { useState } from "preact/hooks";
import { keepToken } from "../api/token";
import { words } from "../words";

/** Asks for a token once; nothing else on the page works without one. */
export function SignIn({ onToken }: { onToken(token: string): void }) {
  const [text, setText] = useState("");
  return (
    <form
      class="sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        keepToken(text);
        onToken(text.trim());
      }}
    >
      <label>
        {words.token}
        <textarea
          name="token"
          rows={4}
          required
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p>{words.tokenHint}</p>
      <button type="submit">{words.open}</button>
    </form>
  );
}
