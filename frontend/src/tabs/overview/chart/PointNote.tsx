import type { Marker } from "../../../api/types";
import type { Course } from "../../../lib/courses";
import { flowName, plural } from "../../../lib/format";
import type { DrawnPoint } from "../../../lib/steps";

interface PointNoteProps {
  course: Course;
  published: ReadonlyMap<string, readonly Marker[]>;
  /** Given by Recharts. */
  active?: boolean;
  payload?: readonly { payload: DrawnPoint }[];
}

export function PointNote({ course, published, active, payload }: PointNoteProps) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  const flows = published.get(point.start) ?? [];
  return (
    <div className="max-w-72 rounded-lg border border-line bg-(--fpa-solid) px-3 py-2 text-xs shadow-lg">
      <p className="text-muted">
        {point.name}
        {point.partial && " (a part)"}
      </p>
      <p className="font-medium">
        {course.title}: {course.format(point.whole ?? point.soFar)}
        {point.basis !== null && <span className="text-muted"> of {plural(point.basis, course.noun)}</span>}
      </p>
      {point.before !== null && <p className="text-muted">Previous period: {course.format(point.before)}</p>}
      {flows.map((flow) => (
        <p key={flow.flow_id} className="[overflow-wrap:anywhere]">
          ▼ {flowName(flow)} published
        </p>
      ))}
    </div>
  );
}
