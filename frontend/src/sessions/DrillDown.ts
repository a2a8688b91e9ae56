import { createContext, useContext } from "react";

/** Which sessions are behind a number: the filters of `/sessions`, all of which must hold. */
export interface SessionFilter {
  domain?: string;
  unmapped?: "true";
  flow_id?: string;
  status?: "open" | "ended" | "resolved" | "escalated" | "abandoned";
  tier?: "guided" | "exploring" | "discovery" | "unclassified";
  stage?: "linked" | "doc" | "time";
}

export interface DrillDown {
  /** What the number was called: the dialog's title. */
  title: string;
  filter: SessionFilter;
}

export const DrillDownContext = createContext<(drillDown: DrillDown) => void>(() => {});

/** A function that makes a click handler for a number. */
export function useDrillDown(): (title: string, filter: SessionFilter) => () => void {
  const open = useContext(DrillDownContext);
  return (title, filter) => () => open({ title, filter });
}
