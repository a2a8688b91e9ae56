import { type ReactNode, useMemo } from "react";
import { ApiError } from "../api/errors";
import type { Answers, Question } from "../api/types";
import type { QuestionResult } from "../api/useQuestion";
import { ShownContext } from "../sessions/DrillDown";
import { Boundary } from "../ui/Boundary";
import { ErrorNotice } from "../ui/ErrorNotice";
import { Skeleton } from "../ui/Skeleton";
import { CsvButton } from "./CsvButton";
import { Freshness } from "./Freshness";
import { PeriodLine } from "./PeriodLine";
import { useAttempts } from "./useAttempts";
import { Banner, SlowBanner } from "./Waiting";

interface QuestionFrameProps<Q extends Question> {
  question: Q;
  result: QuestionResult<Q>;
  skeleton: { cards: number; rows: number };
  /** What the tab shows, as a file. */
  csv: (body: Answers[Q]) => string;
  children: (body: Answers[Q]) => ReactNode;
}

/** Around every tab: loading, failing, refreshing, how fresh, for which days, and the download. */
export function QuestionFrame<Q extends Question>(props: QuestionFrameProps<Q>) {
  const { question, result, skeleton, csv, children } = props;
  const { data, error, isPlaceholderData } = result;
  const { slow, retry } = useAttempts(result);
  const shown = useMemo(() => {
    const { from, to, tz } = data?.body.period ?? { from: "", to: "", tz: "" };
    return {
      domain: data?.params.domain ?? null,
      days: isPlaceholderData ? { from, to, tz } : null,
    };
  }, [data, isPlaceholderData]);

  if (error && (data === undefined || (error instanceof ApiError && error.endsAccess))) {
    return <ErrorNotice error={error} onRetry={retry} />;
  }
  if (data === undefined) {
    return (
      <>
        {slow && <SlowBanner onRetry={retry} />}
        <Skeleton {...skeleton} />
      </>
    );
  }

  const { period, previous, stale } = data.body as { previous?: { period: typeof period } } & typeof data.body;
  return (
    <div aria-busy={isPlaceholderData}>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-xs">
        <PeriodLine period={period} previous={previous?.period} />
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Freshness asOf={data.asOf} stale={stale} tz={period.tz} />
          <CsvButton question={question} period={period} csv={() => csv(data.body)} />
        </div>
      </div>
      {slow && <SlowBanner onRetry={retry} />}
      {error && !slow && (
        <Banner onRetry={retry}>These numbers could not be refreshed; the last ones are still shown.</Banner>
      )}
      <div className={`space-y-4 transition-opacity ${isPlaceholderData ? "opacity-55" : ""}`}>
        <ShownContext.Provider value={shown}>
          <Boundary resetKey={data.body}>{children(data.body)}</Boundary>
        </ShownContext.Provider>
      </div>
    </div>
  );
}
