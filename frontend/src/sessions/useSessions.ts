import { useInfiniteQuery } from "@tanstack/react-query";
import { useClient } from "../api/ClientContext";
import type { Params } from "../api/client";
import type { SessionFilter } from "./DrillDown";

/** The sessions behind a number, page by page; the cursor keeps all pages on one instant. */
export function useSessions(filter: SessionFilter, period: Params) {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ["sessions", filter, period],
    queryFn: ({ pageParam, signal }) => {
      const params: Record<string, string> = { ...period, ...filter };
      if (pageParam !== null) params.cursor = pageParam;
      return client.sessions(params, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // A list that grows under the reader's eyes would lose their place; it is asked anew when opened anew.
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
