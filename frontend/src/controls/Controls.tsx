import { useCallback } from "react";
import type { ChangeView } from "../state/useView";
import type { View } from "../state/view";
import { Icon } from "../ui/Icon";
import { DomainChip } from "./DomainChip";
import { PeriodPicker } from "./PeriodPicker";
import { RateButton } from "./RateButton";
import { ZoneSelect } from "./ZoneSelect";

interface ControlsProps {
  view: View;
  onChange: ChangeView;
}

/** The question all four tabs share: which days, whose midnight, which domain, against what. */
export function Controls({ view, onChange }: ControlsProps) {
  const { range, tz, compare, domain } = view;
  // The list of zones is long: it is not recreated with every press elsewhere.
  const onZone = useCallback((next: string | null) => onChange({ tz: next }), [onChange]);
  return (
    <div className="fpa-no-print flex flex-wrap items-center gap-x-3 gap-y-2">
      <PeriodPicker range={range} tz={tz} onChange={(next) => onChange({ range: next })} />
      <ZoneSelect tz={tz} onChange={onZone} />
      <label className="inline-flex min-h-8 cursor-pointer items-center gap-2 text-[0.8125rem]">
        <input
          type="checkbox"
          className="size-4"
          checked={compare}
          onChange={(event) => onChange({ compare: event.target.checked })}
        />
        Compare with previous period
      </label>
      {domain !== null && <DomainChip domain={domain} onClear={() => onChange({ domain: null })} />}
      <span className="ml-auto inline-flex flex-wrap gap-2">
        <RateButton />
        <button type="button" className="fpa-button" onClick={() => onChange({ report: true })}>
          <Icon name="page" /> Report
        </button>
      </span>
    </div>
  );
}
