import { describe, expect, test } from "vitest";
import { NEWEST_FIRST, type SessionFilter, titleOf } from "../src/sessions/filter";
import {
  effectParams,
  flowQualityParams,
  listParams,
  periodParams,
  questionParams,
  trendParams,
} from "../src/state/question";
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
  ["?domain=Active+Directory", view({ domain: "Active Directory" })],
  ["?chart=guided&by=week", view({ chart: "guided", step: "week" })],
  ["?report=1", view({ report: true })],
  ["?list=all", view({ list: { filter: {}, days: null, sort: NEWEST_FIRST } })],
  [
    "?list=domain%3DA%2526B%26status%3Dresolved&list_sort=hours",
    view({
      list: {
        filter: { domain: "A&B", status: "resolved" },
        days: null,
        sort: { key: "hours", direction: "desc" },
      },
    }),
  ],
  [
    "?list=unlogged%3Dtrue%26from%3D2026-03-01%26to%3D2026-03-07%26tz%3DAsia%252FKolkata",
    view({
      list: {
        filter: { unlogged: "true" },
        days: { from: "2026-03-01", to: "2026-03-07", tz: "Asia/Kolkata" },
        sort: NEWEST_FIRST,
      },
    }),
  ],
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
    ["?domain=+"],
    ["?chart=drop"],
    ["?by=hour"],
    ["?list="],
    ["?report=yes"],
  ])("%s falls back to the default", (search) => {
    expect(parseView(search)).toEqual(DEFAULT_VIEW);
  });

  test("takes no filter of a list that the API does not have", () => {
    const list = parseView("?list=status%3Dasleep%26tier%3Dguided%26limit%3D9%26from%3D2026-03-01").list;
    expect(list).toEqual({ filter: { tier: "guided" }, days: null, sort: NEWEST_FIRST });
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
    expect(flowQualityParams(flows)).toEqual({ period: "30d", sort });
  });

  test("has no sort on other tabs, where it is not allowed", () => {
    const coverage = view({ tab: "coverage", flowSort: { key: "usage", direction: "desc" } });
    expect(questionParams(coverage)).toEqual({ period: "30d" });
  });

  test("names the domain, except where the page picks it", () => {
    const vpn = view({ domain: "VPN", step: "week" });
    expect(questionParams(vpn)).toEqual({ period: "30d", domain: "VPN" });
    expect(trendParams(vpn)).toEqual({ period: "30d", domain: "VPN", interval: "week" });
    expect(effectParams(vpn)).toEqual({ period: "90d" });
  });

  test("for a list is the page's period, or the list's own days", () => {
    const list = { filter: { status: "open" }, days: null, sort: NEWEST_FIRST } as const;
    expect(listParams(view({ tz: "UTC" }), list)).toEqual({ period: "30d", tz: "UTC", status: "open" });
    const days = { from: "2026-03-01", to: "2026-03-07", tz: "Asia/Kolkata" };
    expect(listParams(view({ tz: "UTC" }), { ...list, days })).toEqual({ ...days, status: "open" });
  });
});

describe("a list is called", () => {
  const TITLES: [SessionFilter, string][] = [
    [{}, "All sessions"],
    [{ status: "resolved", domain: "VPN" }, "Resolved sessions, in VPN"],
    [{ tier: "unguided", status: "ended", domain: "VPN" }, "Ended sessions, not guided, in VPN"],
    [{ missing: "doc" }, "Sessions, ticket but no doc"],
    [{ unlogged: "true" }, "Sessions, resolved with a ticket, no time logged"],
    [{ flow_id: "x" }, "Sessions, of Reset a password"],
    [{ user_id: "x", status: "escalated" }, "Escalated sessions, by ann@example.com"],
    [{ user_id: "none" }, "Sessions, without an engineer"],
  ];
  test.each(TITLES)("%j: %s", (filter, title) => {
    expect(titleOf(filter, { flow: "Reset a password", engineer: "ann@example.com" })).toBe(title);
  });
});
