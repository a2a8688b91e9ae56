/** Answers as metrics.md names them, until the OpenAPI document has them. */
import type { components } from "./schema";

type Schemas = components["schemas"];
type Nullable = number | null;

export interface DomainSaved {
  domain: string;
  hours: number;
  low: Nullable;
  high: Nullable;
  guided_timed_count: number;
  unguided_timed_count: number;
}
export type TimeSaved = Schemas["TimeSaved"] & { low: Nullable; high: Nullable; by_domain: DomainSaved[] };

type WithSaved<T> = Omit<T, "time_saved" | "previous"> & { time_saved: TimeSaved };
export type Overview = WithSaved<Schemas["OverviewResponse"]> & {
  account_name: string | null;
  previous?: WithSaved<Schemas["PreviousOverview"]>;
};

export interface DomainFlow {
  flow_id: string;
  name: string | null;
  usage_count: number;
  success_rate: Nullable;
  quality_score: Nullable;
}
export type DomainCoverage = Schemas["DomainCoverage"] & { flows: DomainFlow[] };
export type KnowledgeGap = Schemas["KnowledgeGap"] & { unguided_ended_count: number };
type WithRows<T> = Omit<T, "domains" | "knowledge_gaps" | "previous"> & {
  domains: DomainCoverage[];
  knowledge_gaps: KnowledgeGap[];
};
export type Coverage = WithRows<Schemas["CoverageResponse"]> & { previous?: WithRows<Schemas["PreviousCoverage"]> };

export type Flow = Schemas["Flow"] & { domain: string | null };
export type AttentionFlow = Schemas["AttentionFlow"] & { domain: string | null };
type WithFlows<T> = Omit<T, "flows" | "top_performers" | "bottom_performers" | "needs_attention" | "previous"> & {
  flows: Flow[];
  top_performers: Flow[];
  bottom_performers: Flow[];
  needs_attention: AttentionFlow[];
};
export type FlowQuality = WithFlows<Schemas["FlowQualityResponse"]> & {
  previous?: WithFlows<Schemas["PreviousFlowQuality"]>;
};

interface Unlogged {
  unlogged_session_count: number;
  unlogged_hours: number;
}
export type Psa = Omit<Schemas["PsaResponse"], "previous"> &
  Unlogged & { previous?: Schemas["PreviousPsa"] & Unlogged };

export type Session = Schemas["SessionItem"] & {
  engineer: string | null;
  flow_name: string | null;
  duration_minutes: Nullable;
  hours_logged: number;
  rating: Nullable;
};
export type SessionsPage = Omit<Schemas["SessionsResponse"], "sessions"> & { sessions: Session[] };

type PeriodInfo = Schemas["PeriodInfo"];
interface Fresh {
  period: PeriodInfo;
  as_of: string | null;
  stale: boolean;
}

export interface TrendPoint {
  start: string;
  end: string;
  partial: boolean;
  session_count: number;
  ended_count: number;
  open_count: number;
  resolution_rate: Nullable;
  escalation_rate: Nullable;
  abandonment_rate: Nullable;
  guided_rate: Nullable;
  classified_count: number;
  guided_resolved_share: Nullable;
  mttr_minutes: Nullable;
  timed_count: number;
  avg_rating: Nullable;
  rated_count: number;
  capture_rate: Nullable;
  capture_eligible_count: number;
  unlogged_hours: number;
  time_entries?: number;
  hours_logged?: number;
}
export interface Marker {
  date: string;
  flow_id: string;
  name: string | null;
  domain: string | null;
}
interface TrendBody {
  points: TrendPoint[];
  markers: Marker[];
}
export type Trend = TrendBody & Fresh & { previous?: TrendBody & { period: PeriodInfo } };

export interface WorkNumbers {
  session_count: number;
  ended_count: number;
  open_count: number;
  resolution_rate: Nullable;
  resolution_interval: Schemas["Interval"] | null;
  escalation_rate: Nullable;
  guided_rate: Nullable;
  classified_count: number;
  avg_resolution_minutes: Nullable;
  timed_count: number;
  avg_rating: Nullable;
  rated_count: number;
  capture_rate: Nullable;
  capture_eligible_count: number;
  unlogged_session_count: number;
  unlogged_hours: number;
}
export type Engineer = WorkNumbers & { user_id: string; email: string; is_active: boolean; low_sample: boolean };
interface EngineersBody {
  engineers: Engineer[];
  team: WorkNumbers;
  unassigned_session_count: number;
}
export type Engineers = EngineersBody & Fresh & { previous?: EngineersBody & { period: PeriodInfo } };

export interface EffectSide {
  from: string | null;
  to: string | null;
  days: number;
  session_count: number;
  ended_count: number;
  resolution_rate: Nullable;
  escalation_rate: Nullable;
  guided_rate: Nullable;
  classified_count: number;
  avg_resolution_minutes: Nullable;
  timed_count: number;
}
export interface Difference {
  value: number;
  low: number;
  high: number;
}
export interface FlowEffect {
  flow_id: string;
  name: string | null;
  is_archived: boolean;
  domain: string;
  published_on: string;
  before: EffectSide;
  after: EffectSide;
  differences: Record<"resolution_rate" | "escalation_rate" | "guided_rate", Difference | null>;
  verdict: "better" | "worse" | "mixed" | "no_clear_change" | "too_early";
  shared_with: string[];
}
export type FlowEffects = Fresh & { flows: FlowEffect[] };
