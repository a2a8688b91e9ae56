import { sparkPath } from "../lib/steps";

interface PlainChartProps {
  title: string;
  labels: readonly string[];
  values: readonly (number | null)[];
  before?: readonly (number | null)[];
  format: (value: number) => string;
  /** The scale's top; else the largest value. */
  top?: number;
}

const WIDTH = 420;
const HEIGHT = 110;
const LEFT = 52;
const BOTTOM = 18;
const TICKS = 4;

/** A chart for paper: no library, no measuring, as wide as there is room. */
export function PlainChart({ title, labels, values, before = [], format, top }: PlainChartProps) {
  const known = [...values, ...before].filter((value) => value !== null);
  const high = top ?? Math.max(1e-9, ...known);
  // The scale's ends, so that both lines share it.
  const path = (line: readonly (number | null)[]) => sparkPath(line, WIDTH - LEFT - 8, HEIGHT, { low: 0, high });
  const every = Math.max(1, Math.ceil(labels.length / TICKS));
  const x = (index: number) => LEFT + (labels.length < 2 ? 0.5 : index / (labels.length - 1)) * (WIDTH - LEFT - 8);
  return (
    <figure className="fpa-plain">
      <figcaption className="mb-1 text-xs font-medium text-muted">{title}</figcaption>
      <svg aria-hidden="true" viewBox={`0 -8 ${WIDTH} ${HEIGHT + BOTTOM + 12}`}>
        {[0, 0.5, 1].map((part) => (
          <g key={part} transform={`translate(0 ${HEIGHT * (1 - part)})`}>
            <line x1={LEFT} x2={WIDTH} className="fpa-plain-grid" />
            <text x={LEFT - 6} y="4" textAnchor="end">
              {format(high * part)}
            </text>
          </g>
        ))}
        {labels.map((label, index) =>
          index % every === 0 ? (
            <text key={label} x={x(index)} y={HEIGHT + BOTTOM} textAnchor={index === 0 ? "start" : "middle"}>
              {label}
            </text>
          ) : null,
        )}
        <g transform={`translate(${LEFT} 0)`}>
          <path d={path(before)} className="fpa-plain-before" />
          <path d={path(values)} className="fpa-plain-line" />
        </g>
      </svg>
    </figure>
  );
}
