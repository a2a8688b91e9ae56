/** The PSA tab as a file: the days, then the totals, the funnel with its losses, and what went off its path. */
import type { Psa } from "../../api/types";
import { csvOf, metricsOf } from "../../lib/csv";
import { type FunnelCounts, stagesOf } from "../../lib/funnel";

const FUNNEL_COLUMNS = ["stage", "sessions", "share_of_all", "share_of_step_before", "lost"] as const;

const funnelRows = (funnel: FunnelCounts) =>
  stagesOf(funnel).map(({ key, count, ofAll, conversion, before }) => ({
    stage: key,
    sessions: count,
    share_of_all: ofAll,
    share_of_step_before: conversion,
    lost: before - count,
  }));

export function psaCsv(body: Psa): string {
  const { period: _, as_of: __, stale: ___, domain: ____, previous, push_funnel, daily_trend, ...numbers } = body;
  const earlier = previous && funnelRows(previous.push_funnel);
  const days = previous?.daily_trend;
  return csvOf(
    {
      columns: ["date", "entries", "hours", "partial"],
      rows: daily_trend,
      before: days && ((_row, index) => days[index]),
    },
    { title: "Totals", ...metricsOf(numbers, previous) },
    {
      title: "Push funnel",
      columns: FUNNEL_COLUMNS,
      rows: funnelRows(push_funnel),
      before: earlier && ((_row, index) => earlier[index]),
    },
  );
}
