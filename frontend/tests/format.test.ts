import { describe, expect, test } from "vitest";
import * as format from "../src/lib/format";

describe("rates", () => {
  test.each([
    [null, "–"],
    [0, "0%"],
    [1, "100%"],
    [0.92, "92%"],
    [1 / 3, "33%"],
    [0.001, "<1%"],
    [0.999, ">99%"],
    [0.07, "7%"],
    [0.29, "29%"],
  ])("%s prints as %s", (rate, text) => {
    expect(format.formatRate(rate)).toBe(text);
  });

  test.each([
    [0.75, "75%"],
    [0.754, "75.4%"],
    [0.746, "74.6%"],
    [0.75001, ">75%"],
    [0.74999, "<75%"],
    [0.6, "60%"],
    [0.502, "50.2%"],
  ])("beside a colour's bound %s prints as %s", (rate, text) => {
    expect(format.formatRate(rate, [50, 75])).toBe(text);
  });

  test("say what they rest on", () => {
    expect(format.shareText(0.92, 50, "ended session")).toBe("46 of 50 ended sessions");
    expect(format.shareText(1, 1, "ended session")).toBe("1 of 1 ended session");
    expect(format.shareText(null, 0, "ended session")).toBe("No ended sessions in this period");
    expect(format.shareText(1234 / 5000, 5000, "session")).toBe("1,234 of 5,000 sessions");
  });

  test("give their numerator back exactly", () => {
    for (let denominator = 1; denominator <= 500; denominator += 1) {
      for (let count = 0; count <= denominator; count += 7) {
        expect(format.numeratorOf(count / denominator, denominator)).toBe(count);
      }
    }
  });

  test.each([
    [null, "–"],
    [{ low: 0.7884, high: 0.9641 }, "79–96%"],
    [{ low: 0, high: 0.4345 }, "0–43%"],
  ])("interval %j prints as %s", (interval, text) => {
    expect(format.formatInterval(interval)).toBe(text);
  });
});

describe("durations", () => {
  test.each([
    [null, "–"],
    [0, "0 min"],
    [0.5, "30 s"],
    [12.5, "12.5 min"],
    [12.04, "12 min"],
    [99.94, "99.9 min"],
    [100, "1 h 40 min"],
    [120, "2 h"],
    [60 * 1500, "1,500 h"],
    [-3, "−3 min"],
  ])("%s minutes print as %s", (minutes, text) => {
    expect(format.formatMinutes(minutes)).toBe(text);
  });
});

describe("hours", () => {
  test.each([
    [null, "–"],
    [0, "0 h"],
    [2.5104, "2.51 h"],
    [356.5, "356.5 h"],
    [12345.67, "12,345.7 h"],
    [-4.25, "−4.25 h"],
    [-0.001, "0 h"],
  ])("%s prints as %s", (hours, text) => {
    expect(format.formatHours(hours)).toBe(text);
  });
});

test.each([
  [null, "–"],
  [0.87, "0.87"],
  [1, "1.00"],
  [0, "0.00"],
])("score %s prints as %s", (score, text) => {
  expect(format.formatScore(score)).toBe(text);
});

test.each([
  [null, "–"],
  [0, "0"],
  [1234567, "1,234,567"],
])("count %s prints as %s", (count, text) => {
  expect(format.formatCount(count)).toBe(text);
});

test.each([
  [0, "0 entries"],
  [1, "1 entry"],
  [1200, "1,200 entries"],
])("%s of something is %s", (count, text) => {
  expect(format.plural(count, "entry", "entries")).toBe(text);
});
