import { expect, test } from "vitest";
import { wholeWeeks } from "../src/lib/range";

test.each([
  // 18 March 2026 is a Wednesday.
  [1, "2026-03-18", "2026-03-09", "2026-03-15"],
  [4, "2026-03-18", "2026-02-16", "2026-03-15"],
  [1, "2026-03-16", "2026-03-09", "2026-03-15"],
  [1, "2026-03-15", "2026-03-02", "2026-03-08"],
])("the last %d whole weeks before %s are %s to %s", (weeks, today, from, to) => {
  expect(wholeWeeks(weeks, today)).toEqual({ from, to });
});
