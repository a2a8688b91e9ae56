/**
 * Is this an answer at all? A proxy's page or an empty object with status 200 must be told as that, at the edge, and
 * not break the page where it first misses something. Only what the page cannot live without is asked for.
 */
import type { Question } from "./types";

type Kind = "object" | "array" | "number" | "string";
type Shape = Readonly<Record<string, Kind>>;

const PERIOD: Shape = { from: "string", to: "string", tz: "string" };

const SHAPES: Record<Question | "sessions", Shape> = {
  overview: {
    total_sessions: "number",
    ended_count: "number",
    confidence_tiers: "object",
    time_saved: "object",
    domain_breakdown: "array",
  },
  coverage: { domains: "array", knowledge_gaps: "array", total_domains: "number" },
  "flow-quality": {
    flows: "array",
    top_performers: "array",
    bottom_performers: "array",
    needs_attention: "array",
  },
  psa: { push_funnel: "object", off_path: "object", daily_trend: "array", capture_eligible_count: "number" },
  trend: { points: "array", markers: "array" },
  engineers: { engineers: "array", team: "object", unassigned_session_count: "number" },
  "flow-effects": { flows: "array" },
  sessions: { sessions: "array", total_count: "number" },
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function hasKind(value: unknown, kind: Kind): boolean {
  if (kind === "array") return Array.isArray(value);
  if (kind === "object") return isObject(value);
  return typeof value === kind;
}

/** The first thing that is missing or of another kind; null for an answer. */
export function flawOf(question: Question | "sessions", body: unknown): string | null {
  if (!isObject(body)) return "a JSON object";
  const missing = (value: Record<string, unknown>, shape: Shape): string | undefined =>
    Object.entries(shape).find(([name, kind]) => !hasKind(value[name], kind))?.[0];
  const own = missing(body, SHAPES[question]);
  if (own !== undefined) return own;
  if (!isObject(body.period)) return "period";
  const period = missing(body.period, PERIOD);
  return period === undefined ? null : `period.${period}`;
}
