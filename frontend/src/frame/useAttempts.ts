import { useState } from "react";
import { useSlow } from "../state/useSlow";

interface Asked {
  isFetching: boolean;
  again: () => Promise<void>;
}

/** A question's second try, and whether the present one takes too long. */
export function useAttempts({ isFetching, again }: Asked) {
  const [attempt, setAttempt] = useState(1);
  const slow = useSlow(isFetching, attempt);
  const retry = () => {
    setAttempt((number) => number + 1);
    void again();
  };
  return { slow, retry };
}
