import type { Delta, Verdict } from "../lib/delta";
import { Icon } from "./Icon";

const COLOUR: Record<Verdict, string> = {
  better: "text-good",
  worse: "text-poor",
  neutral: "text-muted",
  chance: "text-muted",
  unknown: "text-muted",
  same: "text-muted",
};

const SPOKEN: Record<Verdict, string> = {
  better: ", better",
  worse: ", worse",
  neutral: "",
  chance: ", within chance",
  unknown: "",
  same: "",
};

/** The change against the previous period; whether it is one is said in colour and in words. In tables, `quiet`: no change says nothing. */
export function DeltaText({ delta, quiet = false }: { delta: Delta | null; quiet?: boolean }) {
  if (delta === null || (quiet && delta.direction === "flat")) return null;
  return (
    <span
      data-verdict={delta.verdict}
      title={delta.note}
      className={`inline-flex items-center gap-0.5 whitespace-nowrap text-[0.6875rem] font-medium ${COLOUR[delta.verdict]}`}
    >
      {delta.direction !== "flat" && <Icon name={delta.direction} size={10} />}
      {delta.text}
      <span className="fpa-sr"> than in the previous period{SPOKEN[delta.verdict]}</span>
    </span>
  );
}
