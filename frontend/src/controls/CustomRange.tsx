import { type FormEvent, useId, useState } from "react";
import { addDays, todayIn } from "../lib/dates";
import { FIRST_DAY, rangeProblem, wholeWeeks } from "../lib/range";
import type { Range } from "../state/view";
import { DayField } from "./DayField";

interface CustomRangeProps {
  range: Range;
  tz: string;
  onApply: (range: Range) => void;
}

const WEEKS = [1, 4, 12] as const;

export function CustomRange({ range, tz, onApply }: CustomRangeProps) {
  const today = todayIn(tz, new Date());
  const [from, setFrom] = useState(range.kind === "custom" ? range.from : addDays(today, -29));
  const [to, setTo] = useState(range.kind === "custom" ? range.to : today);
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = rangeProblem(from, to, today);
    setProblem(found);
    if (found === null) onApply({ kind: "custom", from, to });
  };
  const field = { min: FIRST_DAY, max: today, describedBy: problem ? id : undefined };

  return (
    <form className="flex flex-wrap items-center gap-2" onSubmit={submit} noValidate>
      <DayField {...field} label="From" calendar="Calendar for the first day" value={from} onChange={setFrom} />
      <DayField {...field} label="to" calendar="Calendar for the last day" value={to} onChange={setTo} />
      <button type="submit" className="fpa-button fpa-button-accent">
        Apply
      </button>
      <fieldset className="inline-flex flex-wrap items-center gap-1.5" aria-label="Whole weeks, Monday to Sunday">
        <span className="text-xs text-muted">Whole weeks:</span>
        {WEEKS.map((weeks) => (
          <button
            key={weeks}
            type="button"
            className="fpa-button fpa-button-small"
            onClick={() => onApply({ kind: "custom", ...wholeWeeks(weeks, today) })}
          >
            {weeks === 1 ? "last week" : `last ${weeks}`}
          </button>
        ))}
      </fieldset>
      {problem && (
        <p id={id} role="alert" className="text-xs text-poor">
          {problem}
        </p>
      )}
    </form>
  );
}
