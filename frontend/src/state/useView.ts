import { useCallback, useLayoutEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { OnSearchChange } from "../props";
import { parseView, type View, writeView } from "./view";

export type ChangeView = (part: Partial<View>, how?: { replace?: boolean }) => void;

/** `pushState` tells nobody, so the page tells itself. */
const CHANGED = "flowpilot-analytics:view";

function subscribe(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(CHANGED, listener);
  };
}

const ownSearch = (): string => window.location.search;

const writeOwn: OnSearchChange = (search, { replace }) => {
  const { pathname, hash } = window.location;
  const address = `${pathname}${search}${hash}`;
  if (replace) window.history.replaceState(window.history.state, "", address);
  else window.history.pushState(window.history.state, "", address);
  window.dispatchEvent(new Event(CHANGED));
};

/**
 * The view lives in the URL alone: the back button and a shared link need nothing more. A host whose router owns the
 * URL hands over its query string and takes the next one.
 */
export function useView(search: string | undefined, onSearchChange: OnSearchChange | undefined): [View, ChangeView] {
  const own = useSyncExternalStore(subscribe, ownSearch);
  const text = search ?? own;
  // Two changes in one turn build on each other, though the router has not rendered the first yet.
  const latest = useRef({ text, write: writeOwn });
  useLayoutEffect(() => {
    latest.current = { text, write: onSearchChange ?? writeOwn };
  });
  const change = useCallback<ChangeView>((part, { replace = false } = {}) => {
    const { text: before, write } = latest.current;
    const next = writeView(before, { ...parseView(before), ...part });
    if (next === before) return;
    latest.current.text = next;
    write(next, { replace });
  }, []);
  return [useMemo(() => parseView(text), [text]), change];
}
