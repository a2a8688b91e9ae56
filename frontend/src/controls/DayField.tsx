import { useId, useRef } from "react";
import { isIsoDay } from "../lib/dates";
import { Icon } from "../ui/Icon";

interface DayFieldProps {
  label: string;
  calendar: string;
  value: string;
  min: string;
  max: string;
  describedBy: string | undefined;
  onChange: (value: string) => void;
}

/**
 * A day as YYYY-MM-DD, which reads the same everywhere: a browser's own date field follows the browser's language, not
 * the page's. The calendar is still the browser's.
 */
export function DayField({ label, calendar, value, min, max, describedBy, onChange }: DayFieldProps) {
  const id = useId();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <span className="inline-flex items-center gap-1.5">
      <label htmlFor={id} className="text-xs text-muted">
        {label}
      </label>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        className="fpa-field w-28"
        placeholder="YYYY-MM-DD"
        maxLength={10}
        autoComplete="off"
        value={value}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.target.value.trim())}
      />
      <span className="relative inline-flex">
        <button
          type="button"
          className="fpa-button !px-2"
          aria-label={calendar}
          onClick={() => picker.current?.showPicker()}
        >
          <Icon name="calendar" />
        </button>
        <input
          ref={picker}
          type="date"
          tabIndex={-1}
          aria-hidden="true"
          className="pointer-events-none absolute inset-0 size-full opacity-0"
          min={min}
          max={max}
          value={isIsoDay(value) ? value : ""}
          onChange={(event) => onChange(event.target.value)}
        />
      </span>
    </span>
  );
}
