import { useCallback, useMemo, useSyncExternalStore } from "react";
import { parseView, type View, writeView } from "./view";

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

const search = (): string => window.location.search;

/** The view lives in the URL alone: the back button and a shared link need nothing more. */
export function useView(): [View, (change: Partial<View>) => void] {
  const text = useSyncExternalStore(subscribe, search);
  const view = useMemo(() => parseView(text), [text]);
  const change = useCallback((part: Partial<View>) => {
    const next = writeView(search(), { ...parseView(search()), ...part });
    if (next === search()) return;
    const { pathname, hash } = window.location;
    window.history.pushState(window.history.state, "", `${pathname}${next}${hash}`);
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  return [view, change];
}
