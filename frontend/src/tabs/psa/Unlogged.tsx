import type { Psa } from "../../api/types";
import { countDelta, unknownDelta } from "../../lib/delta";
import { formatCount, formatHours, plural } from "../../lib/format";
import { moneyText } from "../../lib/money";
import { useDrillDown } from "../../sessions/DrillDown";
import { useMoney } from "../../state/Money";
import { Metric } from "../../ui/Metric";

/** First of all: work that was done and never billed, and the sessions to log it on. */
export function Unlogged({ psa }: { psa: Psa }) {
  const drill = useDrillDown();
  const { rate } = useMoney();
  const { unlogged_session_count: count, unlogged_hours: hours, previous } = psa;
  const money = moneyText(hours, rate);
  const eligible = plural(psa.capture_eligible_count, "resolved session");
  return (
    <div className="grid gap-3 md:grid-cols-2">
      <Metric
        size="hero"
        label="Hours not logged"
        tone={hours > 0 ? "text-fair" : ""}
        value={formatHours(hours)}
        note="From start to end of each resolved session with a ticket and no time entry, at most 8 hours of each"
        onOpen={drill({ unlogged: "true" })}
        count={count}
        delta={previous ? unknownDelta("hours", hours, previous.unlogged_hours) : null}
        detail={
          <>
            {money !== null && <p className="text-sm font-medium text-ink">{money}</p>}
            <p>of resolved sessions with a ticket and no time entry</p>
          </>
        }
      />
      <Metric
        size="hero"
        label="Sessions not logged"
        value={formatCount(count)}
        note={`Of ${eligible} with a ticket, those without a time entry`}
        delta={previous ? countDelta("down", count, previous.unlogged_session_count) : null}
        onOpen={drill({ unlogged: "true" })}
        detail={count === 0 ? "Every one of them is logged" : `of ${eligible} with a ticket; press to log them`}
      />
    </div>
  );
}
