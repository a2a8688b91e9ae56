import { useState } from "react";
import { deviceZone } from "../lib/deviceZone";
import { PRESETS, type View } from "../state/view";
import { CustomRange } from "./CustomRange";
import { ZoneSelect } from "./ZoneSelect";

const PRESET_NAME = { "7d": "7 days", "30d": "30 days", "90d": "90 days" } as const;

interface ControlsProps {
  view: View;
  onChange: (change: Partial<View>) => void;
}

/** The question all four tabs share: which days, whose midnight, against what. */
export function Controls({ view, onChange }: ControlsProps) {
  const { range, tz, compare } = view;
  const [picking, setPicking] = useState(false);
  const custom = range.kind === "custom" || picking;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <fieldset className="fpa-segments" aria-label="Period">
        {PRESETS.map((period) => (
          <button
            key={period}
            type="button"
            className="fpa-segment max-sm:!px-2.5"
            aria-pressed={!custom && range.kind === "preset" && range.period === period}
            onClick={() => {
              setPicking(false);
              onChange({ range: { kind: "preset", period } });
            }}
          >
            {PRESET_NAME[period]}
          </button>
        ))}
        <button
          type="button"
          className="fpa-segment max-sm:!px-2.5"
          aria-pressed={custom}
          aria-expanded={custom}
          onClick={() => setPicking(true)}
        >
          Custom
        </button>
      </fieldset>
      {custom && (
        <CustomRange
          key={range.kind === "custom" ? `${range.from}/${range.to}` : "new"}
          range={range}
          tz={tz ?? deviceZone() ?? "UTC"}
          onApply={(next) => onChange({ range: next })}
        />
      )}
      <ZoneSelect tz={tz} onChange={(next) => onChange({ tz: next })} />
      <label className="inline-flex min-h-8 cursor-pointer items-center gap-2 text-[0.8125rem]">
        <input
          type="checkbox"
          className="size-4"
          checked={compare}
          onChange={(event) => onChange({ compare: event.target.checked })}
        />
        Compare with previous period
      </label>
    </div>
  );
}
