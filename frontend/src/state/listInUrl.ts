/** An open list of sessions in the URL: one parameter with the list's own filter, and days where they differ. */
import { isIsoDay } from "../lib/dates";
import { type Days, NEWEST_FIRST, parseFilter, SESSION_COLUMNS, type SessionList } from "../sessions/filter";
import { parseSort, writeSort } from "./parts";

const SORT = ["list_sort", "list_dir"] as const;
/** Every session: a list without a filter. */
const ALL = "all";

export function parseList(params: URLSearchParams): SessionList | null {
  const text = params.get("list");
  if (text === null || text === "") return null;
  const own = new URLSearchParams(text === ALL ? "" : text);
  return {
    filter: parseFilter(own),
    days: parseDays(own),
    sort: parseSort(params, SORT, SESSION_COLUMNS, NEWEST_FIRST),
  };
}

function parseDays(params: URLSearchParams): Days | null {
  const [from, to, tz] = [params.get("from"), params.get("to"), params.get("tz")];
  return from !== null && to !== null && tz && isIsoDay(from) && isIsoDay(to) ? { from, to, tz } : null;
}

export function writeList(params: URLSearchParams, { filter, days, sort }: SessionList): void {
  const own = new URLSearchParams({ ...filter, ...days });
  params.set("list", own.toString() || ALL);
  writeSort(params, SORT, sort, NEWEST_FIRST);
}
