import type { ReactNode } from "react";
import type { Delta } from "../lib/delta";
import { withChange } from "./Changed";
import { DeltaText } from "./DeltaText";
import { Figure } from "./Figure";

export interface MetricProps {
  label: string;
  value: string;
  note: string;
  delta?: Delta | null;
  /** A line below: the parts of the number, or its n. */
  detail?: ReactNode;
  onOpen?: (() => void) | undefined;
  count?: number | undefined;
  size?: "normal" | "hero";
  tone?: string;
  /** Below everything: the number's course. */
  course?: ReactNode;
}

/** One number on a card. */
export function Metric(props: MetricProps) {
  const { label, value, note, delta = null, detail, onOpen, count, size = "normal", tone = "", course } = props;
  const hero = size === "hero";
  return (
    <div className={`glass-card-static flex min-w-0 flex-col ${hero ? "p-4 sm:p-5" : "p-3.5 sm:px-4"}`}>
      <div className="flex-1">
        <h3 className={`font-medium text-muted ${hero ? "text-[0.8125rem]" : "text-xs"}`}>{label}</h3>
        <p className="mt-1 flex flex-wrap items-baseline gap-x-2">
          <Figure
            note={withChange(note, delta)}
            onOpen={onOpen}
            count={count}
            className={`font-semibold tracking-tight ${hero ? "text-3xl leading-10" : "text-xl leading-7"} ${tone}`}
          >
            {value}
          </Figure>
          <DeltaText delta={delta} />
        </p>
        {detail && <div className="mt-1 text-xs text-muted">{detail}</div>}
      </div>
      {course}
    </div>
  );
}
