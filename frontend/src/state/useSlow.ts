import { useEffect, useState } from "react";

/** After this long a reader wants to know that it is the service they wait for. */
const SLOW_MS = 5_000;

/** True once `waiting` has lasted five seconds; another `attempt` counts again. */
export function useSlow(waiting: boolean, attempt: unknown): boolean {
  const [slow, setSlow] = useState<unknown>(null);
  useEffect(() => {
    if (!waiting) return;
    const timer = window.setTimeout(() => setSlow(attempt), SLOW_MS);
    return () => {
      window.clearTimeout(timer);
      setSlow(null);
    };
  }, [waiting, attempt]);
  return waiting && slow !== null && slow === attempt;
}
