/** Which sessions are behind a number: the filters of `/sessions`, all of which must hold; and how a list is named. */
import type { Sort } from "../lib/sort";

/** Each with what it may say; null: any text. */
const FILTERS = {
  domain: null,
  unmapped: ["true"],
  flow_id: null,
  user_id: null,
  status: ["open", "ended", "resolved", "escalated", "abandoned"],
  tier: ["guided", "exploring", "discovery", "unclassified", "unguided"],
  stage: ["linked", "doc", "time"],
  missing: ["ticket", "doc", "time"],
  unlogged: ["true"],
  off_path: ["time_without_doc", "doc_without_ticket"],
} as const;

type Filters = typeof FILTERS;
type Name = keyof Filters;
export type SessionFilter = {
  [K in Name]?: Filters[K] extends readonly (infer Value)[] ? Value : string;
};

/** The days of a list that is not the page's own: of numbers that are still on screen, or of an effect's window. */
export interface Days {
  from: string;
  to: string;
  tz: string;
}

export const SESSION_COLUMNS = [
  "started",
  "domain",
  "status",
  "tier",
  "engineer",
  "flow",
  "duration",
  "hours",
  "rating",
  "ticket",
] as const;
export type SessionColumn = (typeof SESSION_COLUMNS)[number];

export interface SessionList {
  filter: SessionFilter;
  /** Null: the period that the page shows. */
  days: Days | null;
  sort: Sort<SessionColumn>;
}

export const NEWEST_FIRST: Sort<SessionColumn> = { key: "started", direction: "desc" };

const NAMES = Object.keys(FILTERS) as Name[];

function allowed(name: Name, value: string | null): value is string {
  const values: readonly string[] | null = FILTERS[name];
  return value !== null && value !== "" && (values === null || values.includes(value));
}

/** Leniently: what is no filter is left out. */
export function parseFilter(params: URLSearchParams): SessionFilter {
  return Object.fromEntries(
    NAMES.map((name): [Name, string | null] => [name, params.get(name)]).filter(([name, value]) =>
      allowed(name, value),
    ),
  ) as SessionFilter;
}

const STATUS = {
  open: "Open sessions",
  ended: "Ended sessions",
  resolved: "Resolved sessions",
  escalated: "Escalated sessions",
  abandoned: "Abandoned sessions",
} as const;

const TIER = {
  guided: "guided",
  exploring: "exploring",
  discovery: "discovery",
  unclassified: "without a tier",
  unguided: "not guided",
} as const;

const STAGE = { linked: "linked to a ticket", doc: "with a doc pushed", time: "with a time entry logged" } as const;
const MISSING = { ticket: "without a ticket", doc: "ticket but no doc", time: "doc but no time entry" } as const;
const OFF_PATH = { time_without_doc: "time entry but no doc", doc_without_ticket: "doc but no ticket" } as const;

/** `Resolved sessions, guided, in Networking`: the list's title, from nothing but its filter. */
export function titleOf(filter: SessionFilter, names: { flow: string | null; engineer: string | null }): string {
  const parts: (string | undefined)[] = [
    filter.status ? STATUS[filter.status] : "Sessions",
    filter.tier && TIER[filter.tier],
    filter.stage && STAGE[filter.stage],
    filter.missing && MISSING[filter.missing],
    filter.off_path && OFF_PATH[filter.off_path],
    filter.unlogged && "resolved with a ticket, no time logged",
    filter.unmapped && "without a domain",
    filter.domain && `in ${filter.domain}`,
    filter.flow_id && `of ${names.flow ?? "one flow"}`,
    filter.user_id === "none" ? "without an engineer" : filter.user_id && `by ${names.engineer ?? "one engineer"}`,
  ];
  const told = parts.filter((part) => part !== undefined && part !== "").join(", ");
  return told === "Sessions" ? "All sessions" : told;
}
