import type { PeriodInfo } from "../api/types";
import { formatRange } from "../lib/dates";

interface PeriodLineProps {
  period: PeriodInfo;
  previous?: PeriodInfo | undefined;
}

/** Which days, whose midnight, against what. */
export function PeriodLine({ period, previous }: PeriodLineProps) {
  const parts = [
    period.tz,
    period.includes_partial_day && "today so far",
    previous && `compared with ${formatRange(previous.from, previous.to)}`,
  ].filter((part) => typeof part === "string");
  return (
    <p className="text-muted">
      <span className="font-medium text-ink">{formatRange(period.from, period.to)}</span>
      {parts.map((part) => (
        <span key={part}>
          <span aria-hidden="true"> · </span>
          {part}
        </span>
      ))}
    </p>
  );
}
