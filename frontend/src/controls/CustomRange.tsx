import { type FormEvent, useId, useState } from "react";
import { addDays, todayIn } from "../lib/dates";
import { FIRST_DAY, rangeProblem } from "../lib/range";
import type { Range } from "../state/view";

interface CustomRangeProps {
  range: Range;
  tz: string;
  onApply: (range: Range) => void;
}

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

  return (
    <form className="flex flex-wrap items-center gap-2" onSubmit={submit} noValidate>
      <label htmlFor={`${id}-from`} className="text-xs text-muted">
        From
      </label>
      <input
        id={`${id}-from`}
        type="date"
        className="fpa-field"
        min={FIRST_DAY}
        max={today}
        value={from}
        aria-describedby={problem ? `${id}-problem` : undefined}
        onChange={(event) => setFrom(event.target.value)}
      />
      <label htmlFor={`${id}-to`} className="text-xs text-muted">
        to
      </label>
      <input
        id={`${id}-to`}
        type="date"
        className="fpa-field"
        min={FIRST_DAY}
        max={today}
        value={to}
        aria-describedby={problem ? `${id}-problem` : undefined}
        onChange={(event) => setTo(event.target.value)}
      />
      <button type="submit" className="fpa-button fpa-button-accent">
        Apply
      </button>
      {problem && (
        <p id={`${id}-problem`} role="alert" className="text-xs text-poor">
          {problem}
        </p>
      )}
    </form>
  );
}
