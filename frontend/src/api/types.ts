/** Names for what the API answers; the shapes come from its OpenAPI document. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Overview = Schemas["OverviewResponse"];
export type Coverage = Schemas["CoverageResponse"];
export type FlowQuality = Schemas["FlowQualityResponse"];
export type Psa = Schemas["PsaResponse"];
export type Trend = Schemas["TrendResponse"];
export type Engineers = Schemas["EngineersResponse"];
export type FlowEffects = Schemas["FlowEffectsResponse"];
export type SessionsPage = Schemas["SessionsResponse"];

export type AttentionFlow = Schemas["AttentionFlow"];
export type DayTrend = Schemas["DayTrend"];
export type Difference = Schemas["Difference"];
export type DomainCoverage = Schemas["DomainCoverage"];
export type DomainOutcome = Schemas["DomainOutcome"];
export type DomainSaved = Schemas["DomainSaved"];
export type EffectSide = Schemas["EffectSide"];
export type Engineer = Schemas["Engineer"];
export type Flow = Schemas["Flow"];
export type FlowEffect = Schemas["FlowEffect"];
export type KnowledgeGap = Schemas["KnowledgeGap"];
export type Marker = Schemas["Marker"];
export type PeriodInfo = Schemas["PeriodInfo"];
export type Session = Schemas["SessionItem"];
export type TimeSaved = Schemas["TimeSaved"];
export type TrendPoint = Schemas["TrendPoint"];
/** The numbers of an engineer, and of all together. */
export type WorkNumbers = Schemas["Team"];

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
