import { QuestionFrame } from "../../frame/QuestionFrame";
import { tableCsv } from "../../lib/csv";
import type { TabProps } from "../TabProps";
import { Funnel } from "./Funnel";
import { PsaMetrics } from "./PsaMetrics";
import { Trend } from "./Trend";
import { usePsa } from "./usePsa";

export default function PsaTab({ view }: TabProps) {
  const result = usePsa(view);
  return (
    <QuestionFrame
      question="psa"
      result={result}
      skeleton={{ cards: 4, rows: 6 }}
      csv={(body) => tableCsv(["date", "entries", "hours", "partial"], body.daily_trend)}
    >
      {(body) => (
        <>
          <PsaMetrics psa={body} />
          <Funnel psa={body} />
          <Trend days={body.daily_trend} />
        </>
      )}
    </QuestionFrame>
  );
}
