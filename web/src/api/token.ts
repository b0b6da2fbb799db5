/** The bearer token of this browser tab: from the link's fragment, or typed in once; it never leaves the tab. */
const KEY = "dieloom.token";

export function readToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    keepToken(given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(KEY);
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token.trim());
}

export function dropToken(): void {
  sessionStorage.removeItem(KEY);
}
