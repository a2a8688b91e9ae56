import type { Delta } from "../lib/delta";
import { DeltaText } from "./DeltaText";
import { Figure, type FigureProps } from "./Figure";

interface ChangedProps extends FigureProps {
  delta: Delta | null;
}

/** A number in a table, with how it moved; its note says whether that is beyond chance. */
export function Changed({ delta, note, ...figure }: ChangedProps) {
  return (
    <span className="inline-flex max-w-full flex-wrap items-center justify-end gap-x-2 sm:flex-nowrap">
      <DeltaText quiet delta={delta} />
      <Figure {...figure} note={withChange(note, delta)} />
    </span>
  );
}

export function withChange(note: FigureProps["note"], delta: Delta | null): FigureProps["note"] {
  if (delta === null) return note;
  return note === undefined ? delta.note : `${note}\n${delta.note}`;
}
