import type { FlowQuality } from "../../api/types";
import { formatCount } from "../../lib/format";
import { ATTENTION, chosenFlows, type FlowFilter, NO_FILTER, type Reason } from "./flows";

interface FlowFiltersProps {
  quality: FlowQuality;
  filter: FlowFilter;
  onChange: (filter: FlowFilter) => void;
}

const REASONS = Object.keys(ATTENTION) as Reason[];

/** Which of the flows the table shows. */
export function FlowFilters({ quality, filter, onChange }: FlowFiltersProps) {
  const found = chosenFlows(quality, filter).length;
  const filtered = filter.text.trim() !== "" || filter.reason !== null;
  return (
    <search className="fpa-no-print flex flex-wrap items-center gap-x-3 gap-y-2">
      <input
        type="search"
        className="fpa-field w-60 max-w-full"
        aria-label="Search flows by name"
        placeholder="Search flows by name"
        value={filter.text}
        onChange={(event) => onChange({ ...filter, text: event.target.value })}
      />
      <select
        className="fpa-field max-w-full"
        aria-label="Needs attention because"
        value={filter.reason ?? ""}
        onChange={({ target }) =>
          onChange({ ...filter, reason: (["any", ...REASONS] as const).find((key) => key === target.value) ?? null })
        }
      >
        <option value="">All flows</option>
        <option value="any">Needs attention</option>
        {REASONS.map((reason) => (
          <option key={reason} value={reason}>
            Needs attention: {ATTENTION[reason]}
          </option>
        ))}
      </select>
      <span role="status" className="text-xs text-muted">
        {filtered && `${formatCount(found)} of ${formatCount(quality.flows.length)} flows`}
      </span>
      {filtered && (
        <button type="button" className="fpa-button fpa-button-small" onClick={() => onChange(NO_FILTER)}>
          Show all flows
        </button>
      )}
    </search>
  );
}
