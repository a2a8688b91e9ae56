import { useState } from "react";
import type { DayTrend } from "../../api/types";
import { useCode } from "../../api/useCode";
import { formatDay } from "../../lib/dates";
import { formatCount, formatHours } from "../../lib/format";
import { Card } from "../../ui/Card";
import { ErrorNotice } from "../../ui/ErrorNotice";
import { PlainChart } from "../../ui/PlainChart";
import { Segments } from "../../ui/Segments";
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
        <span className="fpa-no-print">
          <Segments label="Show the trend as" values={VIEWS} chosen={shown} onChoose={setShown} />
        </span>
      }
    >
      {shown === "Table" ? (
        <TrendTable days={days} />
      ) : (
        <>
          <div className="fpa-no-print">
            <Chart days={days} />
          </div>
          <div className="fpa-print-only fpa-charts">
            <PlainChart
              title="Hours per day"
              labels={days.map(({ date }) => formatDay(date))}
              values={days.map(({ hours }) => hours)}
              format={formatHours}
            />
            <PlainChart
              title="Entries per day"
              labels={days.map(({ date }) => formatDay(date))}
              values={days.map(({ entries }) => entries)}
              format={formatCount}
            />
          </div>
        </>
      )}
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
