import type { Session } from "../api/types";
import { formatInstant } from "../lib/dates";
import { formatMinutes, NOTHING } from "../lib/format";

const minutesOf = ({ created_at, resolved_at, status }: Session): number | null =>
  status === "resolved" && resolved_at !== null ? (Date.parse(resolved_at) - Date.parse(created_at)) / 60_000 : null;

const sentence = (text: string | null): string =>
  text === null ? NOTHING : text.charAt(0).toUpperCase() + text.slice(1).replaceAll("_", " ");

interface SessionTableProps {
  sessions: readonly Session[];
  tz: string;
  onOpenFlow: (flowId: string) => void;
}

export function SessionTable({ sessions, tz, onOpenFlow }: SessionTableProps) {
  return (
    <table className="fpa-table">
      <thead>
        <tr>
          <th scope="col">Started</th>
          <th scope="col">Domain</th>
          <th scope="col">Status</th>
          <th scope="col">Tier</th>
          <th scope="col" className="text-right">
            Duration
          </th>
          <th scope="col">Ticket</th>
          <th scope="col">Flow</th>
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <tr key={session.session_id} data-session={session.session_id}>
            <th scope="row" className="whitespace-nowrap">
              {formatInstant(session.created_at, tz)}
            </th>
            <td>{session.problem_domain?.trim() || <span className="text-muted">Not mapped</span>}</td>
            <td>{sentence(session.status)}</td>
            <td>{sentence(session.confidence_tier)}</td>
            <td className="whitespace-nowrap text-right">{formatMinutes(minutesOf(session))}</td>
            <td>{session.psa_ticket_id?.trim() || NOTHING}</td>
            <td>{flowLink(session.flow_id, onOpenFlow)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function flowLink(flowId: string | null, onOpenFlow: (flowId: string) => void) {
  if (flowId === null) return NOTHING;
  return (
    <button type="button" className="fpa-number text-accent" onClick={() => onOpenFlow(flowId)}>
      Open flow
    </button>
  );
}
