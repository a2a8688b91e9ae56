import { describe, expect, test } from "vitest";
import { ApiError, errorOf, retryAfterMs } from "../src/api/errors";
import { nextTryMs, retriesAtOnce } from "../src/api/refresh";
import { flawOf } from "../src/api/shape";

const NOW = new Date("2026-03-18T09:00:00Z");

describe("what arrives with status 200", () => {
  const period = { from: "2026-03-01", to: "2026-03-18", tz: "UTC" };
  test.each([
    ["nothing", null, "a JSON object"],
    ["a list", [], "a JSON object"],
    ["text", "<html>", "a JSON object"],
    ["an empty object", {}, "domains"],
    ["rows that are none", { domains: {}, knowledge_gaps: [], total_domains: 0, period }, "domains"],
    ["no period", { domains: [], knowledge_gaps: [], total_domains: 0 }, "period"],
    [
      "half a period",
      { domains: [], knowledge_gaps: [], total_domains: 0, period: { from: "2026-03-01" } },
      "period.to",
    ],
    ["an answer", { domains: [], knowledge_gaps: [], total_domains: 0, period, more: 1 }, null],
  ])("%s is told apart", (_, body, flaw) => {
    expect(flawOf("coverage", body)).toBe(flaw);
  });
});

describe("Retry-After", () => {
  test.each([
    ["7", 7_000],
    ["0", 0],
    ["-5", 0],
    ["Wed, 18 Mar 2026 09:00:30 GMT", 30_000],
    ["Wed, 18 Mar 2026 08:00:00 GMT", 0],
    ["86400", 300_000],
    ["soon", null],
    ["", null],
    [null, null],
  ])("%s is %s ms", (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});

describe("after a failure", () => {
  const failed = async (status: number, headers: Record<string, string> = {}) =>
    errorOf(new Response("{}", { status, headers }));

  test.each([
    [401, {}, false],
    [403, {}, false],
    [400, {}, 30_000],
    [422, {}, 30_000],
    [404, {}, 5_000],
    [409, {}, 5_000],
    [429, {}, 5_000],
    [429, { "Retry-After": "12" }, 12_000],
    [429, { "Retry-After": "0" }, 1_000],
    [500, {}, 5_000],
    [503, { "Retry-After": "2" }, 2_000],
  ])("%d with %j asks again in %s", async (status, headers, expected) => {
    expect(nextTryMs(await failed(status, headers))).toBe(expected);
  });

  test("only a dropped connection is tried at once, and once", async () => {
    expect(retriesAtOnce(0, new ApiError("unreachable", "No connection."))).toBe(true);
    expect(retriesAtOnce(1, new ApiError("unreachable", "No connection."))).toBe(false);
    expect(retriesAtOnce(0, await failed(429))).toBe(false);
    expect(retriesAtOnce(0, await failed(503, { "Retry-After": "2" }))).toBe(false);
    expect(retriesAtOnce(0, await failed(500))).toBe(false);
  });
});
