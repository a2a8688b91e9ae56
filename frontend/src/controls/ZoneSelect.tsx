import { type KeyboardEvent, memo, useId, useState } from "react";
import { deviceZone } from "../lib/deviceZone";
import { offeredZones, todaysName, zoneNamed } from "../lib/zones";

const DEVICE = deviceZone();
const ZONES = offeredZones([...Intl.supportedValuesOf("timeZone"), ...(DEVICE === null ? [] : [DEVICE])]);

interface ZoneSelectProps {
  tz: string | null;
  onChange: (tz: string | null) => void;
}

/**
 * Whose days are counted: typed, with suggestions as one types; empty means the account's own. A zone that came by link
 * stays, whether or not this browser lists it.
 */
export const ZoneSelect = memo(function ZoneSelect({ tz, onChange }: ZoneSelectProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? tz ?? "";
  const unknown = typed !== null && typed !== "" && zoneNamed(typed, ZONES) === null;

  const commit = (value: string) => {
    const zone = value.trim() === "" ? null : zoneNamed(value, ZONES);
    if (value.trim() !== "" && zone === null) return;
    setTyped(null);
    if (zone !== tz) onChange(zone);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") commit(text);
    if (event.key === "Escape") setTyped(null);
  };

  return (
    <>
      <input
        type="text"
        aria-label="Time zone"
        aria-invalid={unknown || undefined}
        className="fpa-field w-48 max-w-full"
        list={id}
        placeholder="Account’s time zone"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onFocus={(event) => event.target.select()}
        onChange={({ target, nativeEvent }) => {
          setTyped(target.value);
          // A suggestion that was picked, or its whole name: nothing is left to be typed.
          const picked = !(nativeEvent instanceof InputEvent) || nativeEvent.inputType === "insertReplacementText";
          if (picked || ZONES.includes(target.value)) commit(target.value);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          commit(text);
          setTyped(null);
        }}
      />
      <datalist id={id}>
        {DEVICE !== null && <option value={todaysName(DEVICE)}>This device</option>}
        {ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
});
