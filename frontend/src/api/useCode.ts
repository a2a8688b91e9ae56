import { useQuery } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { ApiError, isUnreachable } from "./errors";

export type Loader<Props> = () => Promise<{ default: ComponentType<Props> }>;

const RETRY_MS = 5_000;

/**
 * A part of the page that is loaded when it is needed. A query rather than `lazy`: where the server is away just then,
 * the part alone shows it, can be retried, and comes by itself once the server is back. Code that came and does not
 * run is a fault of the page, and told as one.
 */
export function useCode<Props>(name: string, load: Loader<Props>) {
  return useQuery({
    queryKey: ["code", name],
    queryFn: async () => {
      try {
        return await load();
      } catch (error) {
        if (isFetchFailure(error)) throw new ApiError("unreachable", "A part of the page could not be loaded.");
        // To the console, and to what the host collects errors with.
        reportError(error);
        throw error;
      }
    },
    retry: (failures, error) => failures < 1 && isUnreachable(error),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
    refetchInterval: ({ state }) => (isUnreachable(state.error) ? RETRY_MS : false),
  });
}

/** The browsers' words for a module that did not arrive, webpack's error for a chunk, and Vite's for its styles. */
function isFetchFailure(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === "ChunkLoadError" ||
      /dynamically imported module|importing a module script failed|unable to preload css/i.test(error.message))
  );
}
