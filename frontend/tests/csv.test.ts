import { describe, expect, it } from "vitest";
import { csvOf, metricsOf, tableCsv } from "../src/lib/csv";

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
    ["\nx", '"\'\nx"'],
    ["  =1+1", "'  =1+1"],
    ["\u00a0=1+1", "'\u00a0=1+1"],
    ["\ufeff@x", "'\ufeff@x"],
    ["\u200b-1", "'\u200b-1"],
    ["\u000b=1", "'\u000b=1"],
    ["＝1+1", "'＝1+1"],
    ["＋1", "'＋1"],
    ["－1", "'－1"],
    ["＠x", "'＠x"],
    ["a;=1+1", "'a;=1+1"],
    ["a; =1+1", "'a; =1+1"],
    ["a; b", "a; b"],
    ["\u00ad=1", "'\u00ad=1"],
    ["\u202e+1", "'\u202e+1"],
    ["\u0001-1", "'\u0001-1"],
    ["\ufe0f@x", "'\ufe0f@x"],
    ["\u3164=1", "'\u3164=1"],
    ["\u{e0020}=1", "'\u{e0020}=1"],
    ["﹢1", "'﹢1"],
    ["−1", "'−1"],
    ["\u2013x", "\u2013x"],
    ["a=1", "a=1"],
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

describe("the numbers of an answer", () => {
  const numbers = { total: 3, rate: null, saved: { hours: -1.5, by_domain: [1] }, domains: [1] };

  it("are listed in their order, without lists", () => {
    expect(lines(csvOf(metricsOf(numbers)))).toEqual(["metric,value", "total,3", "rate,", "saved_hours,-1.5", ""]);
  });

  it("have the previous ones beside them", () => {
    const previous = { total: 2, rate: 0.5, saved: { hours: null, by_domain: [] }, domains: [] };
    expect(lines(csvOf(metricsOf(numbers, previous)))).toEqual([
      "metric,value,previous",
      "total,3,2",
      "rate,,0.5",
      "saved_hours,-1.5,",
      "",
    ]);
  });
});

describe("a file of several tables", () => {
  it("begins with the first, and names the others after a blank line", () => {
    const csv = csvOf({ columns: ["a"], rows: [{ a: 1 }] }, null, {
      title: "Knowledge gaps",
      columns: ["domain", "reasons"],
      rows: [{ domain: "=VPN", reasons: ["no_active_flow", "low_guided_rate"] }],
    });
    expect(lines(csv)).toEqual([
      "a",
      "1",
      "",
      "Knowledge gaps",
      "domain,reasons",
      "'=VPN,no_active_flow low_guided_rate",
      "",
    ]);
  });

  it("puts previous numbers beside the present ones, empty where a row is new", () => {
    const rows = [
      { domain: "A", n: 3 },
      { domain: "B", n: 1 },
    ];
    const before = new Map([["A", { domain: "A", n: 2 }]]);
    const csv = csvOf({
      columns: ["domain", "n"],
      rows,
      before: (row) => before.get("domain" in row ? String(row.domain) : ""),
    });
    expect(lines(csv)).toEqual(["domain,n,previous_n", "A,3,2", "B,1,", ""]);
  });
});
