/** Names for what the API answers; the shapes come from its OpenAPI document. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Overview = Schemas["OverviewResponse"];
export type Coverage = Schemas["CoverageResponse"];
export type FlowQuality = Schemas["FlowQualityResponse"];
export type Psa = Schemas["PsaResponse"];
export type SessionsPage = Schemas["SessionsResponse"];

export type DomainCoverage = Schemas["DomainCoverage"];
export type DomainOutcome = Schemas["DomainOutcome"];
export type KnowledgeGap = Schemas["KnowledgeGap"];
export type Flow = Schemas["Flow"];
export type AttentionFlow = Schemas["AttentionFlow"];
export type DayTrend = Schemas["DayTrend"];
export type Session = Schemas["SessionItem"];
export type PeriodInfo = Schemas["PeriodInfo"];

/** What each tab asks, and what it gets. */
export interface Answers {
  overview: Overview;
  coverage: Coverage;
  "flow-quality": FlowQuality;
  psa: Psa;
}
export type Question = keyof Answers;
