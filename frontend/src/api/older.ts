/** Fields that a service older than this page does not send yet, as nothing. */
import type { Question } from "./types";

type Fields = Record<string, unknown>;

const MISSING: Partial<Record<Question, Fields>> = {
  overview: { account_name: null },
  psa: { unlogged_session_count: 0, unlogged_hours: 0 },
};

const each = (rows: unknown, fields: Fields): unknown =>
  Array.isArray(rows) ? rows.map((row: Fields) => ({ ...fields, ...row })) : rows;

export function completed(question: Question | "sessions", body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  const answer: Fields = { ...(question === "sessions" ? {} : MISSING[question]), ...body };
  if (question === "overview" && typeof answer.time_saved === "object") {
    answer.time_saved = { low: null, high: null, by_domain: [], ...answer.time_saved };
  }
  if (question === "coverage") {
    answer.domains = each(answer.domains, { flows: [] });
    answer.knowledge_gaps = each(answer.knowledge_gaps, { unguided_ended_count: 0 });
  }
  if (question === "flow-quality") answer.flows = each(answer.flows, { domain: null });
  if (question === "sessions") {
    const fields = { engineer: null, flow_name: null, duration_minutes: null, hours_logged: 0, rating: null };
    answer.sessions = each(answer.sessions, fields);
  }
  if ("previous" in answer) answer.previous = completed(question, answer.previous);
  return answer;
}
