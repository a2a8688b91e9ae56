/** Orders rows by any column; what has no value comes last, whichever way the column runs. */

export type Direction = "asc" | "desc";

export interface Sort<Key extends string> {
  key: Key;
  direction: Direction;
}

export type Sortable = number | string | null;

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });

function compare(a: Sortable, b: Sortable, direction: Direction): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order =
    typeof a === "string" || typeof b === "string"
      ? collator.compare(String(a), String(b))
      : // Scores are compared as the API compares them: after rounding to 9 decimals.
        Math.round(a * 1e9) - Math.round(b * 1e9);
  return direction === "asc" ? order : -order;
}

/** A stable sort: rows that tie keep the order the API gave them. */
export function sortRows<Row, Key extends string>(
  rows: readonly Row[],
  sort: Sort<Key>,
  value: (row: Row, key: Key) => Sortable,
): Row[] {
  return rows.toSorted((a, b) => compare(value(a, sort.key), value(b, sort.key), sort.direction));
}

/** A new column starts the way it is read first (text from A, numbers from the top); the same one turns round. */
export function nextSort<Key extends string>(current: Sort<Key>, key: Key, first: Direction): Sort<Key> {
  if (current.key !== key) return { key, direction: first };
  return { key, direction: current.direction === "asc" ? "desc" : "asc" };
}
