import { useState } from "react";
import { deviceZone } from "../lib/deviceZone";
import { PRESETS, type Range } from "../state/view";
import { CustomRange } from "./CustomRange";

const PRESET_NAME = { "7d": "7 days", "30d": "30 days", "90d": "90 days" } as const;

interface PeriodPickerProps {
  range: Range;
  tz: string | null;
  onChange: (range: Range) => void;
}

/** Which days: one of three, or any. */
export function PeriodPicker({ range, tz, onChange }: PeriodPickerProps) {
  const key = range.kind === "custom" ? `${range.from}/${range.to}` : range.period;
  const [picking, setPicking] = useState<{ over: string } | null>(null);
  // Whatever changed the period, the back button too, ends the picking: what is pressed is what is shown.
  if (picking !== null && picking.over !== key) setPicking(null);
  const custom = range.kind === "custom" || picking !== null;
  const choose = (next: Range) => {
    setPicking(null);
    onChange(next);
  };
  return (
    <>
      <fieldset className="fpa-segments" aria-label="Period">
        {PRESETS.map((period) => (
          <button
            key={period}
            type="button"
            className="fpa-segment max-sm:!px-2.5"
            aria-pressed={!custom && range.kind === "preset" && range.period === period}
            onClick={() => choose({ kind: "preset", period })}
          >
            {PRESET_NAME[period]}
          </button>
        ))}
        <button
          type="button"
          className="fpa-segment max-sm:!px-2.5"
          aria-pressed={custom}
          aria-expanded={custom}
          onClick={() => setPicking({ over: key })}
        >
          Custom
        </button>
      </fieldset>
      {custom && <CustomRange key={key} range={range} tz={tz ?? deviceZone() ?? "UTC"} onApply={choose} />}
    </>
  );
}
