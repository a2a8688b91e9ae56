import { useQuery } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { ApiError } from "./errors";

export type Loader<Props> = () => Promise<{ default: ComponentType<Props> }>;

const RETRY_MS = 5_000;

/**
 * A part of the page that is loaded when it is needed. A query rather than `lazy`: where the server is away just then,
 * the part alone shows it, can be retried, and comes by itself once the server is back.
 */
export function useCode<Props>(name: string, load: Loader<Props>) {
  return useQuery({
    queryKey: ["code", name],
    queryFn: async () => {
      try {
        return await load();
      } catch {
        throw new ApiError("unreachable", "A part of the page could not be loaded.");
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
    refetchInterval: ({ state }) => (state.status === "error" ? RETRY_MS : false),
  });
}
