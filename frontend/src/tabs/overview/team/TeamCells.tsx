import type { WorkNumbers } from "../../../api/types";
import { countDelta, type Delta, type GoodWhen, meanDelta, rateDelta } from "../../../lib/delta";
import {
  formatCount,
  formatHours,
  formatMinutes,
  formatRate,
  formatRating,
  numeratorOf,
  plural,
} from "../../../lib/format";
import { rateNote } from "../../../lib/notes";
import { useDrillDown } from "../../../sessions/DrillDown";
import type { SessionFilter } from "../../../sessions/filter";
import { Changed } from "../../../ui/Changed";
import { Figure } from "../../../ui/Figure";

interface TeamCellsProps {
  row: WorkNumbers;
  before: WorkNumbers | undefined;
  /** Whose sessions these are. */
  filter: SessionFilter;
}

const RATES = [
  { key: "resolution_rate", n: "ended_count", noun: "ended session", good: "up", only: { status: "resolved" } },
  { key: "escalation_rate", n: "ended_count", noun: "ended session", good: "down", only: { status: "escalated" } },
  { key: "guided_rate", n: "classified_count", noun: "classified session", good: "up", only: { tier: "guided" } },
] as const satisfies readonly {
  key: keyof WorkNumbers;
  n: keyof WorkNumbers;
  noun: string;
  good: GoodWhen;
  only: SessionFilter;
}[];

/** One engineer's numbers, or the team's. */
export function TeamCells({ row, before, filter }: TeamCellsProps) {
  const drill = useDrillDown();
  return (
    <>
      <td className="text-right">
        <Changed
          delta={before ? countDelta("neither", row.session_count, before.session_count) : null}
          note={`${formatCount(row.ended_count)} ended, ${formatCount(row.open_count)} open`}
          onOpen={drill(filter)}
        >
          {formatCount(row.session_count)}
        </Changed>
      </td>
      {RATES.map(({ key, n, noun, good, only }) => (
        <td key={key} className="text-right">
          <Changed
            delta={before ? rateDelta(good, { rate: row[key], n: row[n] }, { rate: before[key], n: before[n] }) : null}
            note={rateNote(row[key], row[n], noun)}
            onOpen={row[key] === null ? undefined : drill({ ...filter, ...only })}
            count={numeratorOf(row[key], row[n])}
          >
            {formatRate(row[key])}
          </Changed>
        </td>
      ))}
      <Means row={row} before={before} />
      <td className="text-right">
        <Figure note={rateNote(row.capture_rate, row.capture_eligible_count, "resolved session", " with a ticket")}>
          {formatRate(row.capture_rate)}
        </Figure>
      </td>
      <td className="whitespace-nowrap text-right">
        <Figure
          note={`${formatHours(row.unlogged_hours)} of resolved sessions with a ticket and no time entry`}
          onOpen={drill({ ...filter, unlogged: "true" })}
        >
          {formatCount(row.unlogged_session_count)}
        </Figure>
      </td>
    </>
  );
}

function Means({ row, before }: Pick<TeamCellsProps, "row" | "before">) {
  const change = (unit: "minutes" | "rating"): Delta | null => {
    if (!before) return null;
    return unit === "minutes"
      ? meanDelta(
          unit,
          { value: row.avg_resolution_minutes, n: row.timed_count },
          { value: before.avg_resolution_minutes, n: before.timed_count },
        )
      : meanDelta(
          unit,
          { value: row.avg_rating, n: row.rated_count },
          { value: before.avg_rating, n: before.rated_count },
        );
  };
  return (
    <>
      <td className="whitespace-nowrap text-right">
        <Changed delta={change("minutes")} note={`Mean of ${plural(row.timed_count, "resolved session")}`}>
          {formatMinutes(row.avg_resolution_minutes)}
        </Changed>
      </td>
      <td className="text-right">
        <Changed delta={change("rating")} note={`Mean of ${plural(row.rated_count, "rated session")}`}>
          {formatRating(row.avg_rating)}
        </Changed>
      </td>
    </>
  );
}
