import type { Psa } from "../../api/types";
import { rateDelta } from "../../lib/delta";
import { formatCount, formatRate, plural } from "../../lib/format";
import { type Stage, stagePath, stagesOf } from "../../lib/funnel";
import { rateNote } from "../../lib/notes";
import { useDrillDown } from "../../sessions/DrillDown";
import { Card } from "../../ui/Card";
import { withChange } from "../../ui/Changed";
import { DeltaText } from "../../ui/DeltaText";
import { Figure } from "../../ui/Figure";

/** From session to logged time, left to right, with what each step keeps. */
export function Funnel({ psa }: { psa: Psa }) {
  const stages = stagesOf(psa.push_funnel);
  const before = psa.previous ? stagesOf(psa.previous.push_funnel) : [];
  const drill = useDrillDown();
  const { time_entry_without_doc: noDoc, doc_without_ticket: noTicket } = psa.off_path;
  return (
    <Card title="Push success funnel" hint="Sessions created in the period, whenever their later steps happened">
      <ol className="grid gap-y-4 sm:grid-cols-4">
        {stages.map((stage, index) => (
          <FunnelStage key={stage.key} stage={stage} next={stages[index + 1]} before={before[index]} />
        ))}
      </ol>
      <p className="mt-4 border-t border-line pt-3 text-xs text-muted">
        Off the path:{" "}
        <Figure
          note="Sessions with a time entry and no note, with a ticket or not"
          onOpen={drill({ off_path: "time_without_doc" })}
          className="font-medium text-ink"
        >
          {formatCount(noDoc)}
        </Figure>{" "}
        with a time entry but no doc,{" "}
        <Figure
          note="Sessions with a note and no ticket"
          onOpen={drill({ off_path: "doc_without_ticket" })}
          className="font-medium text-ink"
        >
          {formatCount(noTicket)}
        </Figure>{" "}
        with a doc but no ticket.
      </p>
    </Card>
  );
}

interface FunnelStageProps {
  stage: Stage;
  next: Stage | undefined;
  before: Stage | undefined;
}

const FILL: Record<Stage["key"], string> = {
  total_sessions: "fill-cyan-400/70",
  linked_to_ticket: "fill-sky-400/70",
  doc_pushed: "fill-indigo-400/70",
  time_entry_logged: "fill-violet-400/70",
};

function FunnelStage({ stage, next, before }: FunnelStageProps) {
  const drill = useDrillDown();
  const share = stage.ofAll ?? 0;
  const delta = before
    ? rateDelta("up", { rate: stage.conversion, n: stage.before }, { rate: before.conversion, n: before.before })
    : null;
  return (
    <li data-stage={stage.key} className="min-w-0">
      <div className="px-1 sm:min-h-20">
        <p className="text-xs text-muted">{stage.name}</p>
        <p className="flex flex-wrap items-baseline gap-x-2">
          <Figure
            className="text-xl font-semibold tracking-tight"
            note={`${plural(stage.count, "session")}: ${formatRate(stage.ofAll)} of all`}
            onOpen={drill(stage.filter === null ? {} : { stage: stage.filter })}
          >
            {formatCount(stage.count)}
          </Figure>
          <DeltaText delta={delta} />
        </p>
        {stage.lost !== null && (
          <p className="text-xs text-muted">
            <Figure
              className="min-h-6 font-medium text-ink"
              note={withChange(rateNote(stage.conversion, stage.before, "session", " of the step before"), delta)}
            >
              {formatRate(stage.conversion)}
            </Figure>{" "}
            of the step before,{" "}
            <Figure
              className="min-h-6 font-medium text-ink"
              note="Sessions of the step before that did not get here"
              onOpen={drill({ missing: stage.lost })}
            >
              {formatCount(stage.before - stage.count)}
            </Figure>{" "}
            lost
          </p>
        )}
      </div>
      <svg
        aria-hidden="true"
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        className={`mt-2 hidden h-24 w-full sm:block ${FILL[stage.key]}`}
      >
        <path d={stagePath(share, next ? (next.ofAll ?? 0) : share)} />
      </svg>
      <div aria-hidden="true" className="fpa-bar mt-1.5 sm:hidden">
        <div className="h-full rounded-full bg-accent/70" style={{ width: `${share * 100}%` }} />
      </div>
    </li>
  );
}
