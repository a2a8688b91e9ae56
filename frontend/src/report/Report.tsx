import { useAttempts } from "../frame/useAttempts";
import { SlowBanner } from "../frame/Waiting";
import { withUnits } from "../lib/format";
import { summaryOf } from "../lib/summary";
import { useMoney } from "../state/Money";
import { ErrorNotice } from "../ui/ErrorNotice";
import { Icon } from "../ui/Icon";
import { Skeleton } from "../ui/Skeleton";
import { CoverageSection } from "./CoverageSection";
import { FlowSection } from "./FlowSection";
import { OverviewSection } from "./OverviewSection";
import { PsaSection } from "./PsaSection";
import { ReportHead } from "./ReportHead";
import type { ReportProps } from "./ReportPart";
import { useReport } from "./useReport";

/** The four tabs as one page for paper. */
export default function Report({ view, onClose }: ReportProps) {
  const { rate } = useMoney();
  const report = useReport(view);
  const { answers, asOf, error } = report;
  const { slow, retry } = useAttempts(report);
  return (
    <>
      <div className="fpa-no-print mt-5 mb-4 flex flex-wrap gap-2">
        <button type="button" className="fpa-button" onClick={onClose}>
          Back to the tabs
        </button>
        <button
          type="button"
          className="fpa-button fpa-button-accent"
          disabled={!answers}
          onClick={() => window.print()}
        >
          <Icon name="page" /> Print or save as PDF
        </button>
      </div>
      {slow && <SlowBanner onRetry={retry} />}
      {!answers && error && <ErrorNotice error={error} onRetry={retry} />}
      {!answers && !error && <Skeleton cards={4} rows={12} />}
      {answers && (
        <article className="fpa-report" aria-label="Report">
          <ReportHead overview={answers.overview} asOf={asOf} domain={view.domain} />
          <section aria-label="Summary">
            <h2>Summary</h2>
            <ul className="fpa-sentences">
              {summaryOf({
                ...answers,
                effects: answers["flow-effects"],
                rate,
              }).map((sentence) => (
                <li key={sentence}>{withUnits(sentence)}</li>
              ))}
            </ul>
          </section>
          <OverviewSection answers={answers} domain={view.domain} />
          <CoverageSection coverage={answers.coverage} />
          <FlowSection quality={answers["flow-quality"]} />
          <PsaSection psa={answers.psa} />
        </article>
      )}
    </>
  );
}
