/** What the page shows, as the URL says it: parsed leniently (a bad link shows the default), written canonically. */
import { isIsoDay } from "../lib/dates";
import type { Direction, Sort } from "../lib/sort";

export const TABS = ["overview", "coverage", "flow-quality", "psa"] as const;
export type Tab = (typeof TABS)[number];

export const PRESETS = ["7d", "30d", "90d"] as const;
export type Preset = (typeof PRESETS)[number];

export type Range = { kind: "preset"; period: Preset } | { kind: "custom"; from: string; to: string };

export const FLOW_COLUMNS = ["name", "usage", "success_rate", "last_used", "confidence", "quality"] as const;
export type FlowColumn = (typeof FLOW_COLUMNS)[number];

export const DOMAIN_COLUMNS = ["domain", "flows", "sessions", "resolution", "escalation", "guided"] as const;
export type DomainColumn = (typeof DOMAIN_COLUMNS)[number];

export interface View {
  tab: Tab;
  range: Range;
  /** Null: the account's own zone, which the API knows. */
  tz: string | null;
  compare: boolean;
  flowSort: Sort<FlowColumn>;
  domainSort: Sort<DomainColumn>;
}

export const DEFAULT_VIEW: View = {
  tab: "overview",
  range: { kind: "preset", period: "30d" },
  tz: null,
  compare: false,
  flowSort: { key: "quality", direction: "desc" },
  domainSort: { key: "sessions", direction: "desc" },
};

const OURS = ["tab", "period", "from", "to", "tz", "compare", "sort", "dir", "domain_sort", "domain_dir"] as const;

const oneOf = <T extends string>(allowed: readonly T[], text: string | null): T | null =>
  allowed.find((value) => value === text) ?? null;

function parseSort<Key extends string>(
  params: URLSearchParams,
  [keyName, directionName]: readonly [string, string],
  columns: readonly Key[],
  fallback: Sort<Key>,
): Sort<Key> {
  const key = oneOf(columns, params.get(keyName));
  if (key === null) return fallback;
  return { key, direction: oneOf<Direction>(["asc", "desc"], params.get(directionName)) ?? "desc" };
}

function parseRange(params: URLSearchParams): Range {
  const from = params.get("from");
  const to = params.get("to");
  if (from !== null && to !== null && isIsoDay(from) && isIsoDay(to)) return { kind: "custom", from, to };
  return { kind: "preset", period: oneOf(PRESETS, params.get("period")) ?? "30d" };
}

export function parseView(search: string): View {
  const params = new URLSearchParams(search);
  return {
    tab: oneOf(TABS, params.get("tab")) ?? DEFAULT_VIEW.tab,
    range: parseRange(params),
    tz: params.get("tz") || null,
    compare: params.get("compare") === "previous",
    flowSort: parseSort(params, ["sort", "dir"], FLOW_COLUMNS, DEFAULT_VIEW.flowSort),
    domainSort: parseSort(params, ["domain_sort", "domain_dir"], DOMAIN_COLUMNS, DEFAULT_VIEW.domainSort),
  };
}

/** The same query string with our part replaced; parameters of a hosting application stay, defaults are left out. */
export function writeView(search: string, view: View): string {
  const params = new URLSearchParams(search);
  for (const name of OURS) params.delete(name);
  if (view.tab !== DEFAULT_VIEW.tab) params.set("tab", view.tab);
  if (view.range.kind === "custom") {
    params.set("from", view.range.from);
    params.set("to", view.range.to);
  } else if (view.range.period !== "30d") {
    params.set("period", view.range.period);
  }
  if (view.tz !== null) params.set("tz", view.tz);
  if (view.compare) params.set("compare", "previous");
  writeSort(params, ["sort", "dir"], view.flowSort, DEFAULT_VIEW.flowSort);
  writeSort(params, ["domain_sort", "domain_dir"], view.domainSort, DEFAULT_VIEW.domainSort);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

function writeSort<Key extends string>(
  params: URLSearchParams,
  [keyName, directionName]: readonly [string, string],
  sort: Sort<Key>,
  fallback: Sort<Key>,
): void {
  if (sort.key === fallback.key && sort.direction === fallback.direction) return;
  params.set(keyName, sort.key);
  if (sort.direction === "asc") params.set(directionName, "asc");
}
