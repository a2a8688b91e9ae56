/** What the page shows, as the URL says it: parsed leniently (a bad link shows the default), written canonically. */
import { isIsoDay } from "../lib/dates";
import type { Sort } from "../lib/sort";
import type { SessionList } from "../sessions/filter";
import { parseList, writeList } from "./listInUrl";
import { oneOf, parseSort, writeSort } from "./parts";

export const TABS = ["overview", "coverage", "flow-quality", "psa"] as const;
export type Tab = (typeof TABS)[number];

export const PRESETS = ["7d", "30d", "90d"] as const;
export type Preset = (typeof PRESETS)[number];

export type Range = { kind: "preset"; period: Preset } | { kind: "custom"; from: string; to: string };

export const FLOW_COLUMNS = ["name", "domain", "usage", "success_rate", "last_used", "confidence", "quality"] as const;
export type FlowColumn = (typeof FLOW_COLUMNS)[number];

export const DOMAIN_COLUMNS = ["domain", "flows", "sessions", "resolution", "escalation", "guided"] as const;
export type DomainColumn = (typeof DOMAIN_COLUMNS)[number];

/** The numbers that the Overview's chart can show over time. */
export const CHARTS = ["sessions", "resolution", "escalation", "guided", "time", "rating", "capture"] as const;
export type Chart = (typeof CHARTS)[number];

export const STEPS = ["day", "week", "month"] as const;
export type Step = (typeof STEPS)[number];

export interface View {
  tab: Tab;
  range: Range;
  /** Null: the account's own zone, which the API knows. */
  tz: string | null;
  compare: boolean;
  /** Null: all domains. */
  domain: string | null;
  flowSort: Sort<FlowColumn>;
  domainSort: Sort<DomainColumn>;
  chart: Chart;
  /** Null: as the length of the period suggests. */
  step: Step | null;
  /** The list of sessions that lies over the page. */
  list: SessionList | null;
  /** The printable page, in place of the tabs. */
  report: boolean;
}

export const DEFAULT_VIEW: View = {
  tab: "overview",
  range: { kind: "preset", period: "30d" },
  tz: null,
  compare: false,
  domain: null,
  flowSort: { key: "quality", direction: "desc" },
  domainSort: { key: "sessions", direction: "desc" },
  chart: "sessions",
  step: null,
  list: null,
  report: false,
};

const OURS = [
  ...["tab", "period", "from", "to", "tz", "compare", "domain", "sort", "dir", "domain_sort", "domain_dir"],
  ...["chart", "by", "list", "list_sort", "list_dir", "report"],
] as const;

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
    domain: params.get("domain")?.trim() || null,
    flowSort: parseSort(params, ["sort", "dir"], FLOW_COLUMNS, DEFAULT_VIEW.flowSort),
    domainSort: parseSort(params, ["domain_sort", "domain_dir"], DOMAIN_COLUMNS, DEFAULT_VIEW.domainSort),
    chart: oneOf(CHARTS, params.get("chart")) ?? DEFAULT_VIEW.chart,
    step: oneOf(STEPS, params.get("by")),
    list: parseList(params),
    report: params.get("report") === "1",
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
  if (view.domain !== null) params.set("domain", view.domain);
  writeSort(params, ["sort", "dir"], view.flowSort, DEFAULT_VIEW.flowSort);
  writeSort(params, ["domain_sort", "domain_dir"], view.domainSort, DEFAULT_VIEW.domainSort);
  if (view.chart !== DEFAULT_VIEW.chart) params.set("chart", view.chart);
  if (view.step !== null) params.set("by", view.step);
  if (view.list !== null) writeList(params, view.list);
  if (view.report) params.set("report", "1");
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
