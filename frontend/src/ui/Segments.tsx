interface SegmentsProps<Value extends string> {
  label: string;
  values: readonly Value[];
  names?: Readonly<Record<Value, string>>;
  chosen: Value;
  onChoose: (value: Value) => void;
}

/** One of a few. */
export function Segments<Value extends string>({ label, values, names, chosen, onChoose }: SegmentsProps<Value>) {
  return (
    <fieldset className="fpa-segments" aria-label={label}>
      {values.map((value) => (
        <button
          key={value}
          type="button"
          className="fpa-segment"
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
        >
          {names ? names[value] : value}
        </button>
      ))}
    </fieldset>
  );
}
