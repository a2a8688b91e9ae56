import type { Overview } from "../../api/types";
import { savedDelta } from "../../lib/delta";
import { formatCount, formatHours, formatHoursInterval, NOTHING, plural } from "../../lib/format";
import { moneyText } from "../../lib/money";
import { useMoney } from "../../state/Money";
import { Metric } from "../../ui/Metric";

const BASIS = "compared with unguided sessions of the same domain";
const NO_BASIS =
  "No domain has at least 5 guided and 5 unguided resolved sessions yet, so there is nothing to compare.";

/** Time saved, with its interval; an observation, and said to be one. */
export function HoursSaved({ overview }: { overview: Overview }) {
  const { rate } = useMoney();
  const { time_saved: saved, previous } = overview;
  const interval = formatHoursInterval(saved.low, saved.high);
  const money = moneyText(saved.hours, rate, saved);
  const notes = [
    `${plural(saved.guided_sessions_counted, "guided session")} in ${plural(saved.domains_counted, "domain")}, ${BASIS}.`,
    interval && `95% interval ${interval}${saved.low !== null && saved.low <= 0 ? ": it may be nothing" : ""}.`,
    `${plural(saved.guided_sessions_not_comparable, "guided session")} had no comparison (fewer than 5 of either kind in the domain).`,
    "An observation, not a proof.",
  ].filter((line) => line !== null);
  return (
    <Metric
      size="hero"
      label="Hours saved"
      value={saved.hours === null ? NOTHING : formatHours(saved.hours)}
      tone="text-accent"
      note={saved.hours === null ? NO_BASIS : notes.join("\n")}
      delta={previous ? savedDelta(saved, previous.time_saved) : null}
      detail={
        <>
          {money !== null && <p className="text-sm font-medium text-ink">{money}</p>}
          {interval !== null && <p data-interval>95% interval {interval}</p>}
          <p>{BASIS}</p>
          <p>
            {formatCount(saved.guided_sessions_counted)} counted, {formatCount(saved.guided_sessions_not_comparable)}{" "}
            not comparable
          </p>
        </>
      }
    />
  );
}
