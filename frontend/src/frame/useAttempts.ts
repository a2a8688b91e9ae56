import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { useSlow } from "../state/useSlow";

/** A question's second try, and whether the present one takes too long. */
export function useAttempts<T>(result: Pick<UseQueryResult<T, Error>, "isFetching" | "refetch">) {
  const [attempt, setAttempt] = useState(1);
  const slow = useSlow(result.isFetching, attempt);
  const retry = () => {
    setAttempt((number) => number + 1);
    void result.refetch();
  };
  return { slow, retry };
}
