import type { Engineers, WorkNumbers } from "../api/types";
import { formatCount, formatHours, formatMinutes, formatRate, formatRating } from "../lib/format";
import { Table } from "./Table";

type Line = WorkNumbers & { key: string; name: string };

/** Engineers by name, then the team. */
export function TeamTable({ answer }: { answer: Engineers }) {
  const rows: Line[] = [
    ...answer.engineers.map((engineer) => ({
      ...engineer,
      key: engineer.user_id,
      name: `${engineer.email ?? "Without an address"}${engineer.low_sample ? " (few sessions)" : ""}`,
    })),
    { ...answer.team, key: "team", name: "Whole team" },
  ];
  return (
    <Table
      caption="Team, by name; no ranking"
      rows={rows}
      rowKey={({ key }) => key}
      columns={[
        { heading: "Engineer", cell: (row) => row.name, text: true },
        { heading: "Sessions", cell: (row) => formatCount(row.session_count) },
        { heading: "Resolution", cell: (row) => formatRate(row.resolution_rate) },
        { heading: "Escalation", cell: (row) => formatRate(row.escalation_rate) },
        { heading: "Guided", cell: (row) => formatRate(row.guided_rate) },
        { heading: "Time to resolve", cell: (row) => formatMinutes(row.avg_resolution_minutes) },
        { heading: "Rating", cell: (row) => formatRating(row.avg_rating) },
        { heading: "Capture", cell: (row) => formatRate(row.capture_rate) },
        { heading: "Not logged", cell: (row) => formatHours(row.unlogged_hours) },
      ]}
    />
  );
}
