import { describe, expect, test } from "vitest";
import { deltaOf, type GoodWhen, type Unit, type Verdict } from "../src/lib/delta";

const CASES: [Unit, GoodWhen, number, number, string, Verdict][] = [
  ["rate", "up", 0.55, 0.5, "+5 pp", "better"],
  ["rate", "up", 0.5, 0.532, "−3.2 pp", "worse"],
  ["rate", "down", 0.25, 0.3, "−5 pp", "better"],
  ["rate", "down", 0.3, 0.25, "+5 pp", "worse"],
  ["rate", "up", 0.5, 0.5002, "±0", "same"],
  ["count", "neither", 110, 100, "+10 (+10%)", "neutral"],
  ["count", "up", 90, 120, "−30 (−25%)", "worse"],
  ["count", "down", 0, 4, "−4 (−100%)", "better"],
  ["count", "up", 5, 0, "+5", "better"],
  ["count", "up", 7, 7, "±0", "same"],
  ["minutes", "down", 12, 14.5, "−2.5 min", "better"],
  ["minutes", "down", 200, 80, "+2 h", "worse"],
  ["hours", "up", 12.25, 10, "+2.25 h", "better"],
  ["hours", "up", -2, 1, "−3 h", "worse"],
  ["score", "up", 0.8, 0.75, "+0.05", "better"],
  ["rating", "up", 4.2, 4.4, "−0.2", "worse"],
];

describe("a change", () => {
  test.each(CASES)("of a %s (good %s) to %s from %s reads %s and is %s", (unit, good, now, before, text, verdict) => {
    const delta = deltaOf(unit, good, now, before);
    expect([delta?.text, delta?.verdict]).toEqual([text, verdict]);
  });

  test("needs both sides", () => {
    expect(deltaOf("rate", "up", null, 0.5)).toBeNull();
    expect(deltaOf("rate", "up", 0.5, null)).toBeNull();
  });
});
