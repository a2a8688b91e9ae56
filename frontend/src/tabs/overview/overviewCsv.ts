/** The Overview as a file: its numbers, then its tables, one under the other. */
import type { Engineers, FlowEffects, Overview, Trend } from "../../api/types";
import { csvOf, metricsOf, type Row } from "../../lib/csv";
import { TEAM_CSV } from "./team/columns";

interface Parts {
  overview: Overview;
  trend: Trend | undefined;
  engineers: Engineers | undefined;
  effects: FlowEffects | undefined;
}

const DOMAINS = ["domain", "session_count", "ended_count", "open_count", "resolution_rate"] as const;
const SAVED = ["domain", "hours", "low", "high", "guided_timed_count", "unguided_timed_count"] as const;
const EFFECTS = ["flow_id", "name", "domain", "published_on", "verdict"] as const;
const SIDE = [
  "from",
  "to",
  "session_count",
  "ended_count",
  "resolution_rate",
  "escalation_rate",
  "guided_rate",
] as const;

const keyed = <T extends Row>(rows: readonly T[] | undefined, key: (row: Row) => string) => {
  if (!rows) return undefined;
  const found = new Map<string, Row>(rows.map((row) => [key(row), row]));
  return (row: Row) => found.get(key(row));
};

const domainOf = (row: Row): string => ("domain" in row ? String(row.domain).toLowerCase() : "");
const userOf = (row: Row): string => ("user_id" in row ? String(row.user_id) : "");

export function overviewCsv({ overview, trend, engineers, effects }: Parts): string {
  const {
    period: _,
    as_of: __,
    stale: ___,
    previous,
    domain_breakdown,
    account_name: ____,
    domain: _____,
    ...numbers
  } = overview;
  return csvOf(
    metricsOf(numbers, previous),
    {
      title: "Sessions by domain",
      columns: DOMAINS,
      rows: domain_breakdown,
      before: keyed(previous?.domain_breakdown, domainOf),
    },
    { title: "Hours saved by domain", columns: SAVED, rows: overview.time_saved.by_domain },
    trend ? trendSection(trend) : null,
    effects ? effectsSection(effects) : null,
    engineers
      ? {
          title: "Team",
          columns: TEAM_CSV,
          rows: engineers.engineers,
          before: keyed(engineers.previous?.engineers, userOf),
        }
      : null,
  );
}

function trendSection({ points, previous }: Trend) {
  const earlier = previous?.points;
  return {
    title: "Over time",
    columns: Object.keys(points[0] ?? { start: 0, end: 0, partial: false }),
    rows: points,
    before: earlier && ((_row: Row, index: number) => earlier[index]),
  };
}

function effectsSection({ flows }: FlowEffects) {
  const sides = (["before", "after"] as const).flatMap((side) => SIDE.map((name) => `${side}_${name}`));
  return { title: "What new flows changed", columns: [...EFFECTS, ...sides], rows: flows };
}
