import { describe, expect, test } from "vitest";
import { boundsOf, CELL_CLASS, hasPoorCell, type Tone, type TonedMetric, toneOf } from "../src/lib/tone";

const CASES: [TonedMetric, number | null, Tone | null][] = [
  ["resolution_rate", 1, "good"],
  ["resolution_rate", 0.7501, "good"],
  ["resolution_rate", 0.75, "fair"],
  ["resolution_rate", 3 / 4, "fair"],
  ["resolution_rate", 0.5, "fair"],
  ["resolution_rate", 0.4999, "poor"],
  ["resolution_rate", 0, "poor"],
  ["resolution_rate", null, null],
  ["escalation_rate", 0, "good"],
  ["escalation_rate", 0.0999, "good"],
  ["escalation_rate", 2 / 20, "fair"],
  ["escalation_rate", 0.25, "fair"],
  ["escalation_rate", 0.2501, "poor"],
  ["escalation_rate", 1, "poor"],
  ["escalation_rate", null, null],
  ["guided_rate", 0.6001, "good"],
  ["guided_rate", 12 / 20, "fair"],
  ["guided_rate", 6 / 20, "fair"],
  ["guided_rate", 0.2999, "poor"],
  ["guided_rate", 0, "poor"],
  ["guided_rate", null, null],
  ["flow_count", 6, "good"],
  ["flow_count", 5, "good"],
  ["flow_count", 4, "fair"],
  ["flow_count", 1, "fair"],
  ["flow_count", 0, "poor"],
];

describe("the colour rules", () => {
  test.each(CASES)("%s of %s is %s", (metric, value, tone) => {
    expect(toneOf(metric, value)).toBe(tone);
  });

  test("use the classes of the design", () => {
    expect(CELL_CLASS).toEqual({ good: "bg-emerald-400/10", fair: "bg-amber-400/10", poor: "bg-rose-500/10" });
  });

  test("name their bounds in percent", () => {
    expect(boundsOf("escalation_rate")).toEqual([10, 25]);
    expect(boundsOf("flow_count")).toEqual([]);
  });
});

describe("a domain asks for a flow", () => {
  const fine = { flow_count: 5, resolution_rate: 0.8, escalation_rate: 0.05, guided_rate: 0.7 };

  test.each([
    ["when nothing is red", {}, false],
    ["when nothing is measured", { resolution_rate: null, escalation_rate: null, guided_rate: null }, false],
    ["when amber at most", { flow_count: 1, resolution_rate: 0.5, escalation_rate: 0.25, guided_rate: 0.3 }, false],
    ["when it has no flow", { flow_count: 0 }, true],
    ["when resolution is red", { resolution_rate: 0.4 }, true],
    ["when escalation is red", { escalation_rate: 0.3 }, true],
    ["when guidance is red", { guided_rate: 0.2 }, true],
  ])("%s", (_, part, expected) => {
    expect(hasPoorCell({ ...fine, ...part })).toBe(expected);
  });
});
