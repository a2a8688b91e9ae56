import { useCallback, useLayoutEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { OnSearchChange } from "../props";
import { parseView, type View, writeView } from "./view";

/** `push` makes a history entry, `replace` makes none, and `leave` takes away the one that opened what closes now. */
export type ChangeView = (part: Partial<View>, how?: "push" | "replace" | "leave") => void;

/** `pushState` tells nobody, so the page tells itself. */
const CHANGED = "flowpilot-analytics:view";
/** In an entry's state: what the entry before it shows. It outlives a reload, as the entry does. */
const FROM = "flowpilot-analytics:from";

function subscribe(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(CHANGED, listener);
  };
}

const ownSearch = (): string => window.location.search;

const canonical = (search: string): string => writeView(search, parseView(search));

const writeOwn: OnSearchChange = (search, { replace, back }) => {
  const { history, location } = window;
  if (back) {
    history.back();
    return;
  }
  const address = `${location.pathname}${search}${location.hash}`;
  if (replace) history.replaceState(history.state, "", address);
  else history.pushState({ ...history.state, [FROM]: canonical(location.search) }, "", address);
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
  // A router keeps its entries' state to itself.
  const from = useRef<string | null>(null);
  useLayoutEffect(() => {
    latest.current = { text, write: onSearchChange ?? writeOwn };
  });
  const change = useCallback<ChangeView>((part, how = "push") => {
    const { text: before, write } = latest.current;
    const next = writeView(before, { ...parseView(before), ...part });
    if (next === before) return;
    latest.current.text = next;
    const entryBefore = write === writeOwn ? window.history.state?.[FROM] : from.current;
    if (how === "push") from.current = canonical(before);
    write(next, { replace: how !== "push", back: how === "leave" && entryBefore === next });
  }, []);
  return [useMemo(() => parseView(text), [text]), change];
}
