import { type ReactNode, useMemo } from "react";
import type { Answers, Question } from "../api/types";
import type { QuestionResult } from "../api/useQuestion";
import { ShownContext } from "../sessions/DrillDown";
import { Boundary } from "../ui/Boundary";
import { ErrorNotice } from "../ui/ErrorNotice";
import { useAttempts } from "./useAttempts";
import { SlowBanner } from "./Waiting";

interface PartFrameProps<Q extends Question> {
  result: QuestionResult<Q>;
  children: (body: Answers[Q]) => ReactNode;
}

/** Around a part of a tab that asks for itself: what fails here leaves the rest of the tab alone. */
export function PartFrame<Q extends Question>({ result, children }: PartFrameProps<Q>) {
  const { data, error, isPlaceholderData } = result;
  const { slow, retry } = useAttempts(result);
  const shown = useMemo(() => {
    const { from, to, tz } = data?.body.period ?? { from: "", to: "", tz: "" };
    return { domain: data?.params.domain ?? null, days: isPlaceholderData ? { from, to, tz } : null };
  }, [data, isPlaceholderData]);
  if (data) {
    return (
      <ShownContext.Provider value={shown}>
        <Boundary resetKey={data.body}>{children(data.body)}</Boundary>
      </ShownContext.Provider>
    );
  }
  if (error) return <ErrorNotice error={error} onRetry={retry} />;
  return (
    <>
      {slow && <SlowBanner onRetry={retry} />}
      <div role="status" className="glass-card-static p-5">
        <span className="fpa-sr">Loading…</span>
        <div aria-hidden="true" className="fpa-skeleton h-40" />
      </div>
    </>
  );
}
