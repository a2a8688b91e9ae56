import { useEffect, useState } from "react";
import { flushSync } from "react-dom";

/** How many rows a table begins with: what a screen shows, and what a sort can move within a frame or two. */
export const FIRST_ROWS = 30;

/** The first rows, until all are asked for or printed. Another order or another choice begins again. */
export function useWindow<Row>(rows: readonly Row[], order: string, everything: boolean) {
  const [allOf, setAllOf] = useState<string | null>(null);
  const printing = usePrinting();
  const all = everything || printing || allOf === order || rows.length <= FIRST_ROWS;
  return { shown: all ? rows : rows.slice(0, FIRST_ROWS), showAll: () => setAllOf(order) };
}

/** True while the page goes to paper, in time for the browser to see it. */
export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const start = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    window.addEventListener("beforeprint", start);
    window.addEventListener("afterprint", end);
    return () => {
      window.removeEventListener("beforeprint", start);
      window.removeEventListener("afterprint", end);
    };
  }, []);
  return printing;
}
