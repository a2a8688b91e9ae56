import { useCallback, useState, useSyncExternalStore } from "react";

export const THEMES = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof THEMES)[number];

const KEY = "flowpilot-analytics:theme";
const LIGHT = "(prefers-color-scheme: light)";

function stored(): ThemeChoice {
  try {
    return THEMES.find((theme) => theme === window.localStorage.getItem(KEY)) ?? "system";
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
    return "system";
  }
}

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(LIGHT);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

/** The reader's choice, else the system's; dark where the system has no opinion. */
export function useTheme(): { theme: "light" | "dark"; choice: ThemeChoice; choose: (choice: ThemeChoice) => void } {
  const [choice, setChoice] = useState(stored);
  const systemIsLight = useSyncExternalStore(subscribe, () => window.matchMedia(LIGHT).matches);
  const choose = useCallback((next: ThemeChoice) => {
    setChoice(next);
    try {
      window.localStorage.setItem(KEY, next);
    } catch {
      // As above.
    }
  }, []);
  const theme = choice === "system" ? (systemIsLight ? "light" : "dark") : choice;
  return { theme, choice, choose };
}
