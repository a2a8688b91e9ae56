import { type QueryKey, useQueryClient } from "@tanstack/react-query";

/** Asks again, also where an answer is still awaited: a request that hangs is given up first. */
export function useAgain(queryKey: QueryKey): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await queries.cancelQueries({ queryKey, exact: true });
    await queries.refetchQueries({ queryKey, exact: true });
  };
}
