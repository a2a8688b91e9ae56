import { describe, expect, test } from "vitest";
import { periodParams, questionParams } from "../src/state/question";
import { DEFAULT_VIEW, parseView, type View, writeView } from "../src/state/view";

const view = (part: Partial<View>): View => ({ ...DEFAULT_VIEW, ...part });

const ROUND_TRIPS: [string, View][] = [
  ["", DEFAULT_VIEW],
  ["?tab=coverage", view({ tab: "coverage" })],
  ["?tab=psa&period=7d", view({ tab: "psa", range: { kind: "preset", period: "7d" } })],
  ["?from=2026-01-01&to=2026-01-31", view({ range: { kind: "custom", from: "2026-01-01", to: "2026-01-31" } })],
  ["?tz=Asia%2FKathmandu&compare=previous", view({ tz: "Asia/Kathmandu", compare: true })],
  ["?tab=flow-quality&sort=usage", view({ tab: "flow-quality", flowSort: { key: "usage", direction: "desc" } })],
  ["?sort=name&dir=asc", view({ flowSort: { key: "name", direction: "asc" } })],
  ["?domain_sort=guided&domain_dir=asc", view({ domainSort: { key: "guided", direction: "asc" } })],
];

describe("the URL", () => {
  test.each(ROUND_TRIPS)("%s is a view and back", (search, expected) => {
    expect(parseView(search)).toEqual(expected);
    expect(writeView("", expected)).toBe(search);
  });

  test.each([
    ["?tab=admin"],
    ["?period=365d"],
    ["?period="],
    ["?from=2026-01-01"],
    ["?from=2026-02-30&to=2026-03-01"],
    ["?compare=yes"],
    ["?sort=drop"],
    ["?tz="],
  ])("%s falls back to the default", (search) => {
    expect(parseView(search)).toEqual(DEFAULT_VIEW);
  });

  test("keeps what a hosting application put there", () => {
    expect(writeView("?theme=x&tab=psa&id=7", DEFAULT_VIEW)).toBe("?theme=x&id=7");
    expect(writeView("?theme=x", view({ tab: "psa" }))).toBe("?theme=x&tab=psa");
  });
});

describe("the question", () => {
  test("carries the period, the zone and the comparison", () => {
    expect(questionParams(view({ tz: "UTC", compare: true }))).toEqual({
      period: "30d",
      tz: "UTC",
      compare: "previous",
    });
  });

  test("never carries period and range together", () => {
    const range = { kind: "custom", from: "2026-01-01", to: "2026-01-31" } as const;
    expect(periodParams(view({ range }))).toEqual({ from: "2026-01-01", to: "2026-01-31" });
  });

  test.each([
    ["quality", "quality"],
    ["usage", "usage"],
    ["success_rate", "success_rate"],
    ["name", "quality"],
    ["last_used", "quality"],
    ["confidence", "quality"],
  ] as const)("for flows by %s asks for %s", (key, sort) => {
    const flows = view({ tab: "flow-quality", flowSort: { key, direction: "asc" } });
    expect(questionParams(flows)).toEqual({ period: "30d", sort });
  });

  test("has no sort on other tabs, where it is not allowed", () => {
    const coverage = view({ tab: "coverage", flowSort: { key: "usage", direction: "desc" } });
    expect(questionParams(coverage)).toEqual({ period: "30d" });
  });
});
