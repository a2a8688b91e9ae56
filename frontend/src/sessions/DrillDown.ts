import { createContext, useContext } from "react";
import type { Days, SessionFilter } from "./filter";

/** Opens a list over the page. */
export const OpenListContext = createContext<(filter: SessionFilter, days: Days | null) => void>(() => {});

/** Whose numbers are on screen: while other ones load, a list must still be the one that the number counts. */
export interface Shown {
  domain: string | null;
  /** Null: the days that the page asks for. */
  days: Days | null;
}

export const ShownContext = createContext<Shown>({ domain: null, days: null });

/** A function that makes a click handler for a number. A flow's sessions count whatever their own domain. */
export function useDrillDown(): (filter: SessionFilter, days?: Days) => () => void {
  const open = useContext(OpenListContext);
  const { domain, days: shownDays } = useContext(ShownContext);
  return (filter, days) => () =>
    open(domain === null || filter.flow_id !== undefined ? filter : { domain, ...filter }, days ?? shownDays);
}
