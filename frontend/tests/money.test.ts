import { describe, expect, test } from "vitest";
import { moneyText, rateOf, rateText } from "../src/lib/money";

describe("a rate", () => {
  test.each([
    ["85", "EUR", 85],
    ["85,50", "EUR", 85.5],
    [120, "USD", 120],
    ["", "EUR", null],
    ["0", "EUR", null],
    [-1, "EUR", null],
    ["free", "EUR", null],
    [Number.NaN, "EUR", null],
    [1e9, "EUR", null],
    [85, "Euro", null],
    [85, null, null],
    [null, "EUR", null],
  ])("%j %j counts as %s", (amount, currency, expected) => {
    expect(rateOf(amount, currency)?.amount ?? null).toBe(expected);
  });
});

test.each([
  [85, "EUR", "€85 / h"],
  [85.5, "USD", "US$85.50 / h"],
  [0.4, "GBP", "£0.40 / h"],
])("the rate of %d %s reads %s", (amount, currency, text) => {
  expect(rateText({ amount, currency })).toBe(text);
});

describe("hours in money", () => {
  const rate = { amount: 100, currency: "EUR" };
  test.each([
    [12.5, { low: 4, high: 21 }, "€1,250 (€400 to €2,100)"],
    [12.5, { low: null, high: null }, "€1,250"],
    [-2, { low: -3, high: -1 }, "−€200 (−€300 to −€100)"],
  ])("%d h with %j are %s", (hours, interval, text) => {
    expect(moneyText(hours, rate, interval)).toBe(text);
  });

  test("need hours and a rate", () => {
    expect(moneyText(null, rate)).toBeNull();
    expect(moneyText(3, null)).toBeNull();
  });
});
