import { QuestionFrame } from "../../frame/QuestionFrame";
import { Notice } from "../../ui/Notice";
import type { TabProps } from "../TabProps";
import { Funnel } from "./Funnel";
import { PsaMetrics } from "./PsaMetrics";
import { psaCsv } from "./psaCsv";
import { Trend } from "./Trend";
import { Unlogged } from "./Unlogged";
import { usePsa } from "./usePsa";

export default function PsaTab({ view }: TabProps) {
  const result = usePsa(view);
  return (
    <QuestionFrame question="psa" result={result} skeleton={{ cards: 4, rows: 6 }} csv={psaCsv}>
      {(body) =>
        body.push_funnel.total_sessions === 0 && body.total_time_entries + body.total_notes === 0 ? (
          <Notice icon="empty" title="Nothing for the PSA in this period">
            No session began and nothing was pushed. As soon as sessions have tickets, and notes or time entries reach
            the PSA, they are counted here.
          </Notice>
        ) : (
          <>
            <Unlogged psa={body} />
            <PsaMetrics psa={body} />
            <Funnel psa={body} />
            <Trend days={body.daily_trend} />
          </>
        )
      }
    </QuestionFrame>
  );
}
