/** The list's columns: heading, order, and how each reads first. */
import type { Session } from "../api/types";
import { flowName } from "../lib/format";
import { type Direction, type Sort, type Sortable, sortRows } from "../lib/sort";
import type { SessionColumn } from "./filter";

export const COLUMNS: readonly { key: SessionColumn; heading: string; number?: true; first: Direction }[] = [
  { key: "started", heading: "Started", first: "desc" },
  { key: "domain", heading: "Domain", first: "asc" },
  { key: "status", heading: "Status", first: "asc" },
  { key: "tier", heading: "Tier", first: "asc" },
  { key: "engineer", heading: "Engineer", first: "asc" },
  { key: "flow", heading: "Flow", first: "asc" },
  { key: "duration", heading: "Duration", number: true, first: "desc" },
  { key: "hours", heading: "Hours", number: true, first: "desc" },
  { key: "rating", heading: "Rating", number: true, first: "asc" },
  { key: "ticket", heading: "Ticket", first: "asc" },
];

export const domainOf = ({ problem_domain }: Session): string | null => problem_domain?.trim() || null;
export const ticketOf = ({ psa_ticket_id }: Session): string | null => psa_ticket_id?.trim() || null;
export const flowOf = ({ flow_id, flow_name }: Session): string | null =>
  flow_id === null ? null : flowName({ name: flow_name });

function sessionValue(session: Session, column: SessionColumn): Sortable {
  switch (column) {
    case "started":
      return Date.parse(session.created_at);
    case "domain":
      return domainOf(session);
    case "status":
      return session.status;
    case "tier":
      return session.confidence_tier;
    case "engineer":
      return session.engineer;
    case "flow":
      return flowOf(session);
    case "duration":
      return session.duration_minutes;
    case "hours":
      return session.hours_logged;
    case "rating":
      return session.rating;
    case "ticket":
      return ticketOf(session);
  }
}

export const sortSessions = (sessions: readonly Session[], sort: Sort<SessionColumn>): Session[] =>
  sortRows(sessions, sort, sessionValue);

/** As the service writes them. */
export const CSV_COLUMNS = [
  "session_id",
  "created_at",
  "resolved_at",
  "status",
  "problem_domain",
  "confidence_tier",
  "flow_id",
  "psa_ticket_id",
  "engineer",
  "flow_name",
  "duration_minutes",
  "hours_logged",
  "rating",
] as const satisfies readonly (keyof Session)[];
