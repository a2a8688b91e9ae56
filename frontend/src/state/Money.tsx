import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { type Rate, rateOf } from "../lib/money";

const KEY = "flowpilot-analytics:rate";

export interface Money {
  /** Null: hours stay hours. */
  rate: Rate | null;
  /** Undefined where the host gives the rate. */
  choose: ((rate: Rate | null) => void) | undefined;
}

const MoneyContext = createContext<Money>({ rate: null, choose: undefined });

export const useMoney = (): Money => useContext(MoneyContext);

function stored(): Rate | null {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    return rateOf("amount" in kept ? kept.amount : null, "currency" in kept ? kept.currency : null);
  } catch {
    // Storage may be forbidden, or hold what something else wrote.
    return null;
  }
}

function keep(rate: Rate | null): void {
  try {
    if (rate === null) window.localStorage.removeItem(KEY);
    else window.localStorage.setItem(KEY, JSON.stringify(rate));
  } catch {
    // As above: the choice then lasts as long as the page.
  }
}

interface MoneyProviderProps {
  hourlyRate: number | undefined;
  currency: string | undefined;
  children: ReactNode;
}

/** What an hour costs: as the host says, else as this browser's reader once said. */
export function MoneyProvider({ hourlyRate, currency = "EUR", children }: MoneyProviderProps) {
  const [chosen, setChosen] = useState(stored);
  const choose = useCallback((rate: Rate | null) => {
    setChosen(rate);
    keep(rate);
  }, []);
  const money = useMemo<Money>(
    () =>
      hourlyRate === undefined ? { rate: chosen, choose } : { rate: rateOf(hourlyRate, currency), choose: undefined },
    [hourlyRate, currency, chosen, choose],
  );
  return <MoneyContext.Provider value={money}>{children}</MoneyContext.Provider>;
}
