import type { DomainCoverage } from "../../api/types";
import type { GoodWhen } from "../../lib/delta";
import type { Sortable } from "../../lib/sort";
import type { SessionFilter } from "../../sessions/DrillDown";
import type { DomainColumn } from "../../state/view";

/** The heatmap's rates: what each rests on, what is behind it, and the colour rule in words. */
export interface RateColumn {
  column: DomainColumn;
  metric: "resolution_rate" | "escalation_rate" | "guided_rate";
  heading: string;
  noun: string;
  denominator: (domain: DomainCoverage) => number;
  filter: SessionFilter;
  behind: string;
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
    behind: "resolved sessions",
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
    behind: "escalated sessions",
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
    behind: "guided sessions",
    goodWhen: "up",
    rule: "Green above 60%, red below 30%",
  },
];

export function domainValue(domain: DomainCoverage, column: DomainColumn): Sortable {
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
