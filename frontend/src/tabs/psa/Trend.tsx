import { lazy, Suspense, useState } from "react";
import type { DayTrend } from "../../api/types";
import { Card } from "../../ui/Card";
import { TrendTable } from "./TrendTable";

/** The chart library is most of the page's code, so it comes when a chart does. */
const TrendChart = lazy(() => import("./TrendChart"));

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
      {shown === "Table" ? (
        <TrendTable days={days} />
      ) : (
        <Suspense fallback={<div className="fpa-skeleton h-52" />}>
          <TrendChart days={days} />
        </Suspense>
      )}
    </Card>
  );
}
