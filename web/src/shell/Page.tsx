import { render, type ComponentChild } from "preact";
import { useState } from "preact/hooks";
import { readToken } from "../api/token";
import { locale, words } from "../words";
import { Header, type Here } from "./Header";
import { SignIn } from "./SignIn";
import "./shell.css";

type Body = (token: string, onRefused: () => void) => ComponentChild;

function Frame({ here, body }: { here: Here; body: Body }) {
  const [token, setToken] = useState(readToken);
  if (token) return <>{body(token, () => setToken(null))}</>;
  return (
    <>
      <Header here={here} />
      <SignIn onToken={setToken} />
    </>
  );
}

/** Draw a page: its body once there is a token, otherwise the request for one. */
export function Page(here: Here, body: Body): void {
  document.documentElement.lang = locale;
  document.title = `${words[here]} · dieloom`;
  render(<Frame here={here} body={body} />, document.getElementById("app")!);
}
