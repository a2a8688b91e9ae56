import { memo } from "react";
import { deviceZone } from "../lib/deviceZone";

const DEVICE = deviceZone();
const ZONES = Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC" && zone !== DEVICE);

interface ZoneSelectProps {
  tz: string | null;
  onChange: (tz: string | null) => void;
}

/** Whose days are counted. A zone that came by link stays selectable, whether or not this browser lists it. */
export const ZoneSelect = memo(function ZoneSelect({ tz, onChange }: ZoneSelectProps) {
  const known = tz === null || tz === "UTC" || tz === DEVICE || ZONES.includes(tz);
  return (
    <select
      aria-label="Time zone"
      className="fpa-field w-44 max-w-full"
      value={tz ?? ""}
      onChange={(event) => onChange(event.target.value || null)}
    >
      <option value="">Account’s time zone</option>
      {DEVICE !== null && DEVICE !== "UTC" && <option value={DEVICE}>This device: {DEVICE}</option>}
      <option value="UTC">UTC</option>
      {!known && <option value={tz}>{tz}</option>}
      <optgroup label="All time zones">
        {ZONES.map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </optgroup>
    </select>
  );
});
