import type { Answers, Question } from "../api/types";
import { type QuestionResult, useQuestion } from "../api/useQuestion";
import { effectParams, flowQualityParams, questionParams, trendParams } from "../state/question";
import { DEFAULT_VIEW, type View } from "../state/view";

const OWNER = "report";

export type ReportAnswers = { [Q in Question]: Answers[Q] };

export interface ReportResult {
  /** Null until all have answered. */
  answers: ReportAnswers | null;
  asOf: string | null;
  error: Error | null;
  isFetching: boolean;
  again: () => Promise<void>;
}

/** All seven questions, always compared: the summary tells what changed. */
export function useReport(view: View): ReportResult {
  const asked: View = { ...view, compare: true, flowSort: DEFAULT_VIEW.flowSort, step: null };
  const overview = useQuestion("overview", questionParams(asked), OWNER);
  const coverage = useQuestion("coverage", questionParams(asked), OWNER);
  const quality = useQuestion("flow-quality", flowQualityParams(asked), OWNER);
  const psa = useQuestion("psa", questionParams(asked), OWNER);
  const trend = useQuestion("trend", trendParams(asked), OWNER);
  const engineers = useQuestion("engineers", questionParams(asked), OWNER);
  const effects = useQuestion("flow-effects", effectParams(asked), OWNER);
  const all: readonly QuestionResult<Question>[] = [overview, coverage, quality, psa, trend, engineers, effects];
  return {
    answers:
      overview.data && coverage.data && quality.data && psa.data && trend.data && engineers.data && effects.data
        ? {
            overview: overview.data.body,
            coverage: coverage.data.body,
            "flow-quality": quality.data.body,
            psa: psa.data.body,
            trend: trend.data.body,
            engineers: engineers.data.body,
            "flow-effects": effects.data.body,
          }
        : null,
    // What all of them hold.
    asOf: earliest(all.map(({ data }) => data?.asOf ?? null)),
    error: all.find(({ error }) => error !== null)?.error ?? null,
    isFetching: all.some(({ isFetching }) => isFetching),
    again: async () => {
      await Promise.all(all.map(({ again }) => again()));
    },
  };
}

function earliest(instants: readonly (string | null)[]): string | null {
  const known = instants.filter((instant) => instant !== null);
  return known.length < instants.length ? null : (known.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null);
}
