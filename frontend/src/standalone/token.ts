/** The demo link's token: it arrives in the fragment, which no server sees, and stays in this tab's session storage. */

const KEY = "flowpilot-analytics:token";

/** The fragment's token, and the fragment without it. */
export function readFragment(hash: string): { token: string | null; rest: string } {
  const params = new URLSearchParams(hash.replace(/^#/, ""));
  const token = params.get("token");
  if (token === null) return { token: null, rest: hash };
  params.delete("token");
  const rest = params.toString();
  return { token, rest: rest === "" ? "" : `#${rest}` };
}

/** Moves a token from the address bar to session storage, so that it is neither shared nor in the history. */
export function takeToken(): boolean {
  const { token, rest } = readFragment(window.location.hash);
  if (token === null) return false;
  window.sessionStorage.setItem(KEY, token);
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, "", `${pathname}${search}${rest}`);
  return true;
}

export const storedToken = (): string | null => window.sessionStorage.getItem(KEY);
