import type { ReactNode } from "react";
import { ApiError } from "../api/errors";
import type { Answers, Question } from "../api/types";
import type { QuestionResult } from "../api/useQuestion";
import { formatRange } from "../lib/dates";
import { ErrorNotice } from "../ui/ErrorNotice";
import { Icon } from "../ui/Icon";
import { Skeleton } from "../ui/Skeleton";
import { CsvButton } from "./CsvButton";
import { Freshness } from "./Freshness";

interface QuestionFrameProps<Q extends Question> {
  question: Q;
  result: QuestionResult<Q>;
  skeleton: { cards: number; rows: number };
  /** What the tab shows, as a file. */
  csv: (body: Answers[Q]) => string;
  children: (body: Answers[Q]) => ReactNode;
}

/** Around every tab: loading, failing, refreshing, how fresh, for which days, and the download. */
export function QuestionFrame<Q extends Question>({
  question,
  result,
  skeleton,
  csv,
  children,
}: QuestionFrameProps<Q>) {
  const { data, error, isPlaceholderData } = result;
  const retry = () => void result.refetch();
  const endsAccess = error instanceof ApiError && error.endsAccess;

  if (error && (data === undefined || endsAccess)) return <ErrorNotice error={error} onRetry={retry} />;
  if (data === undefined) return <Skeleton {...skeleton} />;

  const { period, previous, stale } = data.body;
  return (
    <div aria-busy={isPlaceholderData}>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-xs">
        <p className="text-muted">
          <span className="font-medium text-ink">{formatRange(period.from, period.to)}</span>
          <span aria-hidden="true"> · </span>
          {period.tz}
          {period.includes_partial_day && (
            <>
              <span aria-hidden="true"> · </span>today so far
            </>
          )}
          {previous && (
            <>
              <span aria-hidden="true"> · </span>compared with {formatRange(previous.period.from, previous.period.to)}
            </>
          )}
        </p>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Freshness asOf={data.asOf} stale={stale} tz={period.tz} />
          <CsvButton question={question} period={period} csv={() => csv(data.body)} />
        </div>
      </div>
      {error && (
        <div
          role="alert"
          className="mb-4 flex flex-wrap items-center gap-3 rounded-lg border border-line bg-amber-400/10 px-4 py-2"
        >
          <span className="text-fair">
            <Icon name="warning" />
          </span>
          <span className="flex-1">These numbers could not be refreshed; the last ones are still shown.</span>
          <button type="button" className="fpa-button fpa-button-small" onClick={retry}>
            <Icon name="retry" size={12} /> Try again
          </button>
        </div>
      )}
      <div className={`space-y-4 transition-opacity ${isPlaceholderData ? "opacity-55" : ""}`}>
        {children(data.body)}
      </div>
    </div>
  );
}
