import { useState } from "react";
import type { Marker } from "../../../api/types";
import { formatDay } from "../../../lib/dates";
import { DomainName } from "../../../ui/DomainName";
import { FlowName } from "../../../ui/FlowName";

const FIRST = 4;

/** The chart's markers in words: which flows were published, newest first. */
export function Published({ markers }: { markers: readonly Marker[] }) {
  const [all, setAll] = useState(false);
  if (markers.length === 0) return null;
  const newest = markers.toReversed();
  const shown = all ? newest : newest.slice(0, FIRST);
  return (
    <div className="mt-3 flex flex-wrap items-baseline gap-x-4 gap-y-1 border-t border-line pt-3 text-xs">
      <h4 className="font-medium text-muted">
        <span aria-hidden="true">▼ </span>Flows published
      </h4>
      <ul className="contents">
        {shown.map((marker) => (
          <li key={marker.flow_id} className="inline-flex min-w-0 max-w-full flex-wrap gap-x-1.5">
            <span className="text-muted">{formatDay(marker.date)}</span>
            <FlowName flow={marker} />
            {marker.domain !== null && (
              <span className="text-muted">
                in <DomainName domain={marker.domain} />
              </span>
            )}
          </li>
        ))}
      </ul>
      {shown.length < markers.length && (
        <button type="button" className="fpa-button fpa-button-small" onClick={() => setAll(true)}>
          Show all {markers.length}
        </button>
      )}
    </div>
  );
}
