import type { DomainCoverage } from "../../api/types";
import type { GoodWhen } from "../../lib/delta";
import { type Sort, type Sortable, sortRows } from "../../lib/sort";
import type { SessionFilter } from "../../sessions/filter";
import type { DomainColumn } from "../../state/view";

/** The heatmap's rates: what each rests on, what is behind it, and the colour rule in words. */
export interface RateColumn {
  column: DomainColumn;
  metric: "resolution_rate" | "escalation_rate" | "guided_rate";
  heading: string;
  noun: string;
  denominator: (domain: DomainCoverage) => number;
  filter: SessionFilter;
  goodWhen: GoodWhen;
  rule: string;
}

export const RATE_COLUMNS: readonly RateColumn[] = [
  {
    column: "resolution",
    metric: "resolution_rate",
    heading: "Resolution %",
    noun: "ended session",
    denominator: (domain) => domain.ended_count,
    filter: { status: "resolved" },
    goodWhen: "up",
    rule: "Green above 75%, red below 50%",
  },
  {
    column: "escalation",
    metric: "escalation_rate",
    heading: "Escalation %",
    noun: "ended session",
    denominator: (domain) => domain.ended_count,
    filter: { status: "escalated" },
    goodWhen: "down",
    rule: "Green below 10%, red above 25%",
  },
  {
    column: "guided",
    metric: "guided_rate",
    heading: "Guided %",
    noun: "classified session",
    denominator: (domain) => domain.classified_count,
    filter: { tier: "guided" },
    goodWhen: "up",
    rule: "Green above 60%, red below 30%",
  },
];

function domainValue(domain: DomainCoverage, column: DomainColumn): Sortable {
  switch (column) {
    case "domain":
      return domain.domain;
    case "flows":
      return domain.flow_count;
    case "sessions":
      return domain.session_count;
    case "resolution":
      return domain.resolution_rate;
    case "escalation":
      return domain.escalation_rate;
    case "guided":
      return domain.guided_rate;
  }
}

/** The rows in the order on screen. */
export function sortDomains(domains: readonly DomainCoverage[], sort: Sort<DomainColumn>): DomainCoverage[] {
  return sortRows(domains, sort, domainValue);
}

export const CSV_COLUMNS = [
  "domain",
  "flow_count",
  "session_count",
  "ended_count",
  "open_count",
  "resolution_rate",
  "escalation_rate",
  "abandonment_rate",
  "guided_rate",
  "classified_count",
  "avg_resolution_minutes",
  "timed_count",
  "invalid_duration_count",
  "avg_guided_resolution_minutes",
  "guided_timed_count",
  "avg_unguided_resolution_minutes",
  "unguided_timed_count",
] as const satisfies readonly (keyof DomainCoverage)[];
