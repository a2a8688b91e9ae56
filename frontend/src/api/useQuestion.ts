import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useClient } from "./ClientContext";
import type { Answer, Params } from "./client";
import { ApiError } from "./errors";
import type { Answers, Question } from "./types";

export const REFRESH_MS = 30_000;
/** Sooner while the service is away, so that the page comes back by itself. */
const RECOVERY_MS = 5_000;

export type QuestionResult<Q extends Question> = UseQueryResult<Answer<Answers[Q]>, Error>;

export const isFinal = (error: unknown): boolean => error instanceof ApiError && error.isFinal;

/**
 * One question with its parameters, refreshed while the page is visible. Another period keeps the old numbers on
 * screen until the new ones are there. `owner` tells apart two tabs that ask the same, so that each has its own
 * lifetime; the client's ETag makes the second one cheap.
 */
export function useQuestion<Q extends Question>(
  question: Q,
  params: Params,
  owner: string = question,
): QuestionResult<Q> {
  const client = useClient();
  return useQuery({
    queryKey: [owner, question, params],
    queryFn: ({ signal }) => client.ask(question, params, signal),
    placeholderData: keepPreviousData,
    staleTime: REFRESH_MS,
    refetchInterval: ({ state }) => {
      if (state.status !== "error" && state.fetchFailureCount === 0) return REFRESH_MS;
      return isFinal(state.error) ? false : RECOVERY_MS;
    },
  });
}
