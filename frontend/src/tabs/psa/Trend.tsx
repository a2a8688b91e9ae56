import { useState } from "react";
import type { DayTrend } from "../../api/types";
import { useCode } from "../../api/useCode";
import { Card } from "../../ui/Card";
import { ErrorNotice } from "../../ui/ErrorNotice";
import { TrendTable } from "./TrendTable";

/** The chart library is most of the page's code, so it comes when a chart does. */
const loadChart = () => import("./TrendChart");

const VIEWS = ["Chart", "Table"] as const;

export function Trend({ days }: { days: readonly DayTrend[] }) {
  const [shown, setShown] = useState<(typeof VIEWS)[number]>("Chart");
  const partial = days.at(-1)?.partial === true;
  return (
    <Card
      title="Daily trend"
      hint={`Time entries posted to the PSA${partial ? "; the dashed last day is today so far" : ""}`}
      actions={
        <fieldset className="fpa-segments" aria-label="Show the trend as">
          {VIEWS.map((view) => (
            <button
              key={view}
              type="button"
              className="fpa-segment"
              aria-pressed={view === shown}
              onClick={() => setShown(view)}
            >
              {view}
            </button>
          ))}
        </fieldset>
      }
    >
      {shown === "Table" ? <TrendTable days={days} /> : <Chart days={days} />}
    </Card>
  );
}

function Chart({ days }: { days: readonly DayTrend[] }) {
  const code = useCode("chart", loadChart);
  if (code.data) {
    const TrendChart = code.data.default;
    return <TrendChart days={days} />;
  }
  if (code.error) return <ErrorNotice error={code.error} onRetry={() => void code.refetch()} />;
  return <div className="fpa-skeleton h-52" />;
}
