/** Stands in for the application's sign-in: the API's address and a token arrive in the fragment, `#api=...&token=...`. */
const KEY = "example-host";

interface Session {
  api: string;
  token: string | null;
}

export function signIn(): void {
  const given = new URLSearchParams(window.location.hash.slice(1));
  const token = given.get("token");
  if (token === null) return;
  window.sessionStorage.setItem(KEY, JSON.stringify({ api: given.get("api") ?? "", token } satisfies Session));
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
}

export function session(): Session {
  const stored = window.sessionStorage.getItem(KEY);
  return stored === null ? { api: "", token: null } : (JSON.parse(stored) as Session);
}
