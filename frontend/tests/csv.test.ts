import { describe, expect, it } from "vitest";
import { metricsCsv, tableCsv } from "../src/lib/csv";

const lines = (csv: string): string[] => csv.replace(/^\ufeff/, "").split("\r\n");

describe("tableCsv", () => {
  it("begins with a byte order mark and ends each line as RFC 4180 says", () => {
    expect(tableCsv(["a", "b"], [{ a: 1, b: true }])).toBe("\ufeffa,b\r\n1,true\r\n");
  });

  it("is its header where there are no rows", () => {
    expect(tableCsv(["a", "b"], [])).toBe("\ufeffa,b\r\n");
  });

  it.each([
    [null, ""],
    [0.30000000000000004, "0.30000000000000004"],
    [-5, "-5"],
    ["plain", "plain"],
    ["a, b", '"a, b"'],
    ['say "x"', '"say ""x"""'],
    ["two\nlines", '"two\nlines"'],
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@x", "'@x"],
    ["\tx", "'\tx"],
    ["\rx", '"\'\rx"'],
  ])("writes %j as %j", (value, written) => {
    expect(tableCsv(["a"], [{ a: value }])).toBe(`\ufeffa\r\n${written}\r\n`);
  });

  it("flattens what is nested, also where it is absent", () => {
    const rows = [
      { n: 1, interval: { low: 0.1, high: 0.9 } },
      { n: 2, interval: null },
    ];
    expect(lines(tableCsv(["n", "interval_low", "interval_high"], rows)).slice(1, 3)).toEqual(["1,0.1,0.9", "2,,"]);
  });
});

describe("metricsCsv", () => {
  it("lists the numbers in their order, without lists", () => {
    expect(lines(metricsCsv({ total: 3, rate: null, saved: { hours: -1.5 }, domains: [1] }))).toEqual([
      "metric,value",
      "total,3",
      "rate,",
      "saved_hours,-1.5",
      "",
    ]);
  });
});
