import { QueryClient } from "@tanstack/react-query";
import { retriesAtOnce } from "./refresh";

/** One per page: a hosting application's own client and its settings stay out of it. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A fault shows at once; the refresh goes on and takes it away again.
        retry: retriesAtOnce,
        retryDelay: 600,
        // Without a network the request fails and says so, instead of waiting unseen.
        networkMode: "always",
        gcTime: 15 * 60_000,
      },
    },
  });
}
