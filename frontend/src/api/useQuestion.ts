import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useClient } from "./ClientContext";
import type { Answer, Params } from "./client";
import { nextTryMs, REFRESH_MS } from "./refresh";
import type { Answers, Question } from "./types";
import { useAgain } from "./useAgain";

/** `again` asks again, though an answer may still be awaited. */
export type Repeatable<T> = UseQueryResult<T, Error> & { again: () => Promise<void> };

export type QuestionResult<Q extends Question> = Repeatable<Answer<Answers[Q]>>;

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
  const queryKey = [owner, question, params];
  const again = useAgain(queryKey);
  const result = useQuery({
    queryKey,
    queryFn: ({ signal }) => client.ask(question, params, signal),
    placeholderData: keepPreviousData,
    staleTime: REFRESH_MS,
    refetchInterval: ({ state }) => {
      if (state.status !== "error" && state.fetchFailureCount === 0) return REFRESH_MS;
      return nextTryMs(state.error ?? state.fetchFailureReason);
    },
  });
  return { ...result, again };
}
