import type { Delta } from "../lib/delta";

const SAID = { better: "better", worse: "worse", neutral: "", chance: "within chance", unknown: "", same: "" } as const;

/** A change on paper, where there is no tooltip: said in words. */
export function DeltaMark({ delta }: { delta: Delta | null }) {
  if (delta === null) return "–";
  const said = SAID[delta.verdict];
  const tone = delta.verdict === "better" ? "text-good" : delta.verdict === "worse" ? "text-poor" : "text-muted";
  return (
    <span className={tone}>
      {delta.text}
      {said && `, ${said}`}
    </span>
  );
}
