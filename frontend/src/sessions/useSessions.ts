import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useClient } from "../api/ClientContext";
import type { Params } from "../api/client";
import type { SessionsPage } from "../api/types";
import { useAgain } from "../api/useAgain";

/** Up to here a list that is sorted is read to its end, so that the order is of all its sessions. */
export const MOST_SORTED = 2_000;
const LARGE_PAGE: Params = { limit: "200" };

/** The sessions behind a number, page by page; the cursor keeps all pages on one instant. */
export function useSessions(params: Params, sorted: boolean) {
  const client = useClient();
  const queryKey = ["sessions", params];
  const again = useAgain(queryKey);
  const result = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      client.sessions({ ...params, ...(sorted ? LARGE_PAGE : {}), ...pageParam }, signal),
    initialPageParam: {} as Params,
    getNextPageParam: nextPage,
    // A list that grows under the reader's eyes would lose their place; it is asked again when opened again.
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

  const total = result.data?.pages[0]?.total_count ?? 0;
  const { hasNextPage, isFetching, isError, fetchNextPage } = result;
  const readOn = sorted && total <= MOST_SORTED && hasNextPage && !isFetching && !isError;
  useEffect(() => {
    if (readOn) void fetchNextPage();
  }, [readOn, fetchNextPage]);
  return { ...result, again };
}

const nextPage = ({ next_cursor: cursor }: SessionsPage): Params | null => (cursor === null ? null : { cursor });
