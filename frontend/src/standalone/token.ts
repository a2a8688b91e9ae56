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

const QUESTION =
  "This link signs you in as another user than the one whose numbers this tab shows. Continue as the link's user?";

/** Whose token it is, and until when; null for what is no token. */
function claimsOf(token: string): { sub?: unknown; exp?: unknown } | null {
  try {
    const payload = token.split(".")[1] ?? "";
    return JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/")));
  } catch {
    return null;
  }
}

/** Whether the stored session is alive and another user's than the token's: a link must not exchange it unseen. */
export function replacesAnother(stored: string | null, token: string, now: number): boolean {
  const session = stored === null ? null : claimsOf(stored);
  if (session === null || typeof session.exp !== "number" || session.exp * 1000 <= now) return false;
  return session.sub !== claimsOf(token)?.sub;
}

/**
 * Moves a token from the address bar to session storage, so that it is neither shared nor in the history. Says whether
 * it did: where the tab holds another user's session, that user is asked first.
 */
export function takeToken(confirm: (question: string) => boolean = (question) => window.confirm(question)): boolean {
  const { token, rest } = readFragment(window.location.hash);
  if (token === null) return false;
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, "", `${pathname}${search}${rest}`);
  if (replacesAnother(storedToken(), token, Date.now()) && !confirm(QUESTION)) return false;
  window.sessionStorage.setItem(KEY, token);
  return true;
}

export const storedToken = (): string | null => window.sessionStorage.getItem(KEY);
