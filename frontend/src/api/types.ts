/** Names for what the API answers; the shapes come from its OpenAPI document. */
import type { components } from "./schema";
import type { Coverage, Engineers, FlowEffects, FlowQuality, Overview, Psa, Trend } from "./upcoming";

export type {
  AttentionFlow,
  Coverage,
  Difference,
  DomainCoverage,
  DomainFlow,
  DomainSaved,
  EffectSide,
  Engineer,
  Engineers,
  Flow,
  FlowEffect,
  FlowEffects,
  FlowQuality,
  KnowledgeGap,
  Marker,
  Overview,
  Psa,
  Session,
  SessionsPage,
  TimeSaved,
  Trend,
  TrendPoint,
  WorkNumbers,
} from "./upcoming";

type Schemas = components["schemas"];

export type DomainOutcome = Schemas["DomainOutcome"];
export type DayTrend = Schemas["DayTrend"];
export type PeriodInfo = Schemas["PeriodInfo"];

/** What can be asked, and what it gets. */
export interface Answers {
  overview: Overview;
  coverage: Coverage;
  "flow-quality": FlowQuality;
  psa: Psa;
  trend: Trend;
  engineers: Engineers;
  "flow-effects": FlowEffects;
}
export type Question = keyof Answers;
