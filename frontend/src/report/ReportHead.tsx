import type { Overview } from "../api/types";
import { formatInstant, formatRange } from "../lib/dates";

interface ReportHeadProps {
  overview: Overview;
  asOf: string | null;
  domain: string | null;
}

/** Whose numbers, of which days, up to when. */
export function ReportHead({ overview, asOf, domain }: ReportHeadProps) {
  const { period, previous, account_name: account } = overview;
  return (
    <header className="fpa-report-head">
      <p className="text-lg font-semibold [overflow-wrap:anywhere]">{account ?? "FlowPilot Analytics"}</p>
      <p>
        {formatRange(period.from, period.to)} ({period.tz}){period.includes_partial_day && ", today so far"}
        {domain !== null && `; domain ${domain} alone`}
      </p>
      <p className="text-xs text-muted">
        {asOf === null
          ? "How recent the numbers are is not known."
          : `As of ${formatInstant(asOf, period.tz)}: everything up to then is counted.`}
        {previous && ` Changes are against ${formatRange(previous.period.from, previous.period.to)}.`}
      </p>
    </header>
  );
}
