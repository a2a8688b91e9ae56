/** The view as the API's query parameters. */
import type { FlowColumn, View } from "./view";

export const SERVER_SORTS = ["quality", "usage", "success_rate"] as const;
export type ServerSort = (typeof SERVER_SORTS)[number];

/** The order the API is asked for: its own three, else its default, which the page then orders anew. */
export function serverSort(column: FlowColumn): ServerSort {
  return SERVER_SORTS.find((sort) => sort === column) ?? "quality";
}

/** Period and zone only: what every question and the drill-down take. */
export function periodParams(view: Pick<View, "range" | "tz">): Record<string, string> {
  const period: Record<string, string> =
    view.range.kind === "custom" ? { from: view.range.from, to: view.range.to } : { period: view.range.period };
  return view.tz === null ? period : { ...period, tz: view.tz };
}

export function questionParams(view: View): Record<string, string> {
  const params = periodParams(view);
  if (view.tab === "flow-quality") params.sort = serverSort(view.flowSort.key);
  if (view.compare) params.compare = "previous";
  return params;
}
