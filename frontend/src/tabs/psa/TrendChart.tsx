import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { DayTrend } from "../../api/types";
import { formatDay, formatWeekday } from "../../lib/dates";
import { formatCount, formatHours } from "../../lib/format";
import { type TrendPoint, trendPoints } from "../../lib/trend";

interface Panel {
  title: string;
  whole: "hours" | "entries";
  soFar: "hoursSoFar" | "entriesSoFar";
  colour: string;
  format: (value: number) => string;
}

const PANELS: readonly Panel[] = [
  { title: "Hours", whole: "hours", soFar: "hoursSoFar", colour: "var(--fpa-accent)", format: formatHours },
  { title: "Entries", whole: "entries", soFar: "entriesSoFar", colour: "var(--fpa-accent-2)", format: formatCount },
];

/** Two panels on one axis of days: hours and entries differ in scale, and two scales in one panel mislead. Nothing
 * moves by itself: a chart that redraws every 30 seconds would draw the eye each time. */
export default function TrendChart({ days }: { days: readonly DayTrend[] }) {
  const points = trendPoints(days);
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {PANELS.map((panel) => (
        <figure key={panel.whole} className="min-w-0">
          <figcaption className="mb-1 text-xs font-medium text-muted">{panel.title} per day</figcaption>
          <TrendPanel panel={panel} points={points} />
        </figure>
      ))}
    </div>
  );
}

function TrendPanel({ panel, points }: { panel: Panel; points: TrendPoint[] }) {
  const { whole, soFar, colour, title, format } = panel;
  const gradient = `fpa-fill-${whole}`;
  const area = { type: "linear", stroke: colour, strokeWidth: 1.75, isAnimationActive: false } as const;
  return (
    <ResponsiveContainer width="100%" height={190}>
      <AreaChart
        data={points}
        syncId="psa-trend"
        margin={{ top: 6, right: 22, bottom: 0, left: 0 }}
        title={`${title} per day`}
      >
        <defs>
          <linearGradient id={gradient} x1="0" y1="0" x2="0" y2="1">
            <stop offset="0%" stopColor={colour} stopOpacity={0.35} />
            <stop offset="100%" stopColor={colour} stopOpacity={0.02} />
          </linearGradient>
        </defs>
        <CartesianGrid vertical={false} />
        <XAxis dataKey="date" tickFormatter={formatDay} tickLine={false} axisLine={false} minTickGap={36} />
        <YAxis width={36} tickLine={false} axisLine={false} allowDecimals={false} />
        <Tooltip content={<DayNote panel={panel} format={format} />} cursor={{ stroke: "var(--fpa-field-line)" }} />
        <Area {...area} dataKey={whole} fill={`url(#${gradient})`} />
        <Area {...area} dataKey={soFar} fill={`url(#${gradient})`} fillOpacity={0.4} strokeDasharray="3 4" />
      </AreaChart>
    </ResponsiveContainer>
  );
}

interface DayNoteProps {
  panel: Panel;
  format: (value: number) => string;
  /** Given by Recharts. */
  active?: boolean;
  payload?: readonly { payload: TrendPoint }[];
}

function DayNote({ panel, format, active, payload }: DayNoteProps) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  const value = point[panel.whole] ?? point[panel.soFar];
  const partial = point[panel.whole] === null;
  return (
    <div className="rounded-lg border border-line bg-(--fpa-solid) px-3 py-2 text-xs shadow-lg">
      <p className="text-muted">
        {formatWeekday(point.date)}
        {partial && " (so far)"}
      </p>
      <p className="font-medium">
        {panel.title}: {value === null ? "–" : format(value)}
      </p>
    </div>
  );
}
