import { describe, expect, test } from "vitest";
import type { Coverage, DomainCoverage, FlowEffect, FlowEffects, KnowledgeGap, Overview, Psa } from "../src/api/types";
import { isSureGap, type SummaryParts, summaryOf } from "../src/lib/summary";

/** Only what the sentences read. */
const overview = (part: object = {}): Overview =>
  ({
    total_sessions: 200,
    ended_count: 180,
    resolution_rate: 0.6,
    escalation_rate: 0.2,
    guided_rate: 0.5,
    classified_count: 190,
    time_saved: { hours: null, low: null, high: null },
    ...part,
  }) as Overview;
const psa = (part: object = {}): Psa =>
  ({
    capture_rate: 0.5,
    capture_eligible_count: 100,
    unlogged_session_count: 0,
    unlogged_hours: 0,
    ...part,
  }) as Psa;
const coverage = { knowledge_gaps: [] as KnowledgeGap[], domains: [] as DomainCoverage[] } as Coverage;
const effects = (flows: Partial<FlowEffect>[] = []): FlowEffects => ({ flows }) as FlowEffects;

const told = (part: Partial<SummaryParts>): string[] =>
  summaryOf({ overview: overview(), psa: psa(), coverage, effects: effects(), rate: null, ...part });

describe("the summary", () => {
  test("tells the sessions, and nothing that is within chance", () => {
    const previous = overview({ total_sessions: 190, resolution_rate: 0.58 });
    expect(told({ overview: overview({ previous }) })).toEqual([
      "200 sessions began in this period, and 180 of them have ended.",
    ]);
  });

  test("tells a change beyond chance", () => {
    const previous = overview({ total_sessions: 100, resolution_rate: 0.4, ended_count: 90 });
    const sentences = told({ overview: overview({ previous }) });
    expect(sentences[0]).toContain("more than the 100 of the previous period");
    expect(sentences).toContain("The resolution rate rose from 40% to 60%, which is beyond chance.");
    expect(sentences).toHaveLength(2);
  });

  test.each([
    [12, 4, 20, 1],
    [12, -1, 25, 0],
    [-5, -8, -2, 1],
    [12, null, null, 0],
  ])("hours saved %d (%s to %s) make %d sentence", (hours, low, high, count) => {
    const sentences = told({ overview: overview({ time_saved: { hours, low, high } }) });
    expect(sentences.filter((sentence) => sentence.startsWith("Guided work"))).toHaveLength(count);
  });

  test("tells unlogged work in money where there is a rate", () => {
    const sentences = told({
      psa: psa({ unlogged_session_count: 3, unlogged_hours: 4.5 }),
      rate: { amount: 100, currency: "EUR" },
    });
    expect(sentences[1]).toBe("4.5 h of work in 3 resolved sessions with a ticket were not logged, worth €450.");
  });

  test("tells of flows whose effect is clear and their own", () => {
    const flow = (name: string, verdict: FlowEffect["verdict"], shared: string[] = []) => ({
      flow_id: name,
      name,
      domain: "VPN",
      verdict,
      shared_with: shared,
    });
    const flows = [flow("A", "better"), flow("B", "worse", ["x"]), flow("C", "no_clear_change")];
    expect(told({ effects: effects(flows) }).slice(1)).toEqual([
      "After this flow was published, its domain did better, beyond chance: A (VPN).",
    ]);
  });
});

describe("a gap is sure", () => {
  const row = { resolution_rate: 0.4, ended_count: 10, guided_rate: 0.2, classified_count: 10, escalation_rate: 0.3 };
  test.each([
    ["without a flow", ["no_active_flow"], row, true],
    ["not by a low rate of ten", ["low_resolution_rate", "low_guided_rate", "high_escalation_rate"], row, false],
    ["by the same rate of a thousand", ["low_resolution_rate"], { ...row, ended_count: 1000 }, true],
  ])("%s", (_, reasons, domain, sure) => {
    expect(isSureGap({ reasons } as KnowledgeGap, domain as DomainCoverage)).toBe(sure);
  });
});
