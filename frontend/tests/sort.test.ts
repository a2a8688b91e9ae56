import { describe, expect, test } from "vitest";
import { nextSort, type Sort, type Sortable, sortRows } from "../src/lib/sort";

type Row = { id: string; value: Sortable };

const rows = (...values: Sortable[]): Row[] => values.map((value, index) => ({ id: "abcdefg".charAt(index), value }));
const order = (given: Row[], direction: "asc" | "desc") =>
  sortRows(given, { key: "value", direction }, (row) => row.value)
    .map(({ id }) => id)
    .join("");

describe("rows", () => {
  test.each([
    ["numbers descending", rows(1, 3, 2), "desc", "bca"],
    ["numbers ascending", rows(1, 3, 2), "asc", "acb"],
    ["what has no value last, descending", rows(null, 3, null, 2), "desc", "bdac"],
    ["what has no value last, ascending", rows(null, 3, null, 2), "asc", "dbac"],
    ["ties as they came", rows(2, 1, 2, 1), "desc", "acbd"],
    ["ties as they came, ascending too", rows(2, 1, 2, 1), "asc", "bdac"],
    ["scores by nine decimals", rows(0.1 + 0.2, 0.3, 0.31), "desc", "cab"],
    ["names without regard to case", rows("beta", "Alpha", "gamma"), "asc", "bac"],
    ["names with numbers by the number", rows("Step 10", "Step 9"), "asc", "ba"],
  ] as const)("come by %s", (_, given, direction, expected) => {
    expect(order([...given], direction)).toBe(expected);
  });

  test("are not sorted in place", () => {
    const given = rows(1, 2);
    order(given, "desc");
    expect(given.map(({ id }) => id).join("")).toBe("ab");
  });
});

test("pressing a heading: a new column starts its own way, the same one turns round", () => {
  const usage: Sort<string> = { key: "usage", direction: "desc" };
  expect(nextSort(usage, "name", "asc")).toEqual({ key: "name", direction: "asc" });
  expect(nextSort(usage, "usage", "desc")).toEqual({ key: "usage", direction: "asc" });
  expect(nextSort({ key: "usage", direction: "asc" }, "usage", "desc")).toEqual(usage);
});
