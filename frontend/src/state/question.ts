/** The view as the API's query parameters. */
import type { Params } from "../api/client";
import type { SessionList } from "../sessions/filter";
import type { FlowColumn, View } from "./view";

export const SERVER_SORTS = ["quality", "usage", "success_rate"] as const;
export type ServerSort = (typeof SERVER_SORTS)[number];

/** The order the API is asked for: its own three, else its default, which the page then orders again. */
export function serverSort(column: FlowColumn): ServerSort {
  return SERVER_SORTS.find((sort) => sort === column) ?? "quality";
}

/** Period and zone only: what every question and the drill-down take. */
export function periodParams(view: Pick<View, "range" | "tz">): Record<string, string> {
  const period: Record<string, string> =
    view.range.kind === "custom" ? { from: view.range.from, to: view.range.to } : { period: view.range.period };
  return view.tz === null ? period : { ...period, tz: view.tz };
}

/** What most questions take: period, zone, domain and comparison. */
export function questionParams(view: View): Params {
  const params = periodParams(view);
  if (view.domain !== null) params.domain = view.domain;
  if (view.compare) params.compare = "previous";
  return params;
}

export const flowQualityParams = (view: View): Params => ({
  ...questionParams(view),
  sort: serverSort(view.flowSort.key),
});

/** The same for every number that the chart can show: pressing another tile asks nothing. */
export const trendParams = (view: View): Params =>
  view.step === null ? questionParams(view) : { ...questionParams(view), interval: view.step };

/** Flows need weeks to show what they change, so a preset looks back 90 days; the domain is picked on the page. */
export function effectParams(view: View): Params {
  const period = periodParams(view);
  return view.range.kind === "preset" ? { ...period, period: "90d" } : period;
}

export const listParams = (view: View, { filter, days }: SessionList): Params => ({
  ...(days ?? periodParams(view)),
  ...filter,
});
