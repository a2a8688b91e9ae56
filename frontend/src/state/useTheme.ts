import { type RefObject, useCallback, useLayoutEffect, useState, useSyncExternalStore } from "react";
import type { Theme } from "../props";
import { hostLook, type Look, watchHost } from "./hostTheme";

const KEY = "flowpilot-analytics:theme";
const LIGHT = "(prefers-color-scheme: light)";

function stored(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
    return null;
  }
}

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(LIGHT);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

/** The system's look; dark where the system has no opinion. */
const systemLook = (): Look => (window.matchMedia(LIGHT).matches ? "light" : "dark");

export interface ThemeState {
  /** What the page looks like now. */
  look: Look;
  /** What the reader may choose from, and what is chosen. */
  choices: readonly Theme[];
  choice: Theme;
  choose: (choice: Theme) => void;
}

/** The host's theme, or the reader's choice where the reader may choose. */
export function useTheme(given: Theme, mayChoose: boolean, root: RefObject<HTMLElement | null>): ThemeState {
  const choices: readonly Theme[] = [given === "inherit" ? "inherit" : "system", "light", "dark"];
  const [chosen, setChosen] = useState(stored);
  const choice = (mayChoose && choices.find((theme) => theme === chosen)) || given;
  const system = useSyncExternalStore(subscribe, systemLook);
  const host = useHostLook(choice === "inherit", system, root);
  const choose = useCallback((next: Theme) => {
    setChosen(next);
    try {
      window.localStorage.setItem(KEY, next);
    } catch {
      // As above.
    }
  }, []);
  const look = choice === "inherit" ? host : choice === "system" ? system : choice;
  return { look, choices, choice, choose };
}

/** Read before the first paint, so that nothing flashes. */
function useHostLook(wanted: boolean, system: Look, root: RefObject<HTMLElement | null>): Look {
  const [look, setLook] = useState(system);
  useLayoutEffect(() => {
    const element = root.current;
    if (!wanted || !element) return;
    const read = () => setLook(hostLook(element, system));
    read();
    return watchHost(element, read);
  }, [wanted, system, root]);
  return look;
}
