import type { ReactNode } from "react";
import type { Session } from "../api/types";
import { formatInstant } from "../lib/dates";
import { formatHours, formatMinutes, NOTHING } from "../lib/format";
import type { Sort } from "../lib/sort";
import { useActions } from "../state/Actions";
import { LongTable } from "../ui/LongTable";
import { useTabStop } from "../ui/Reach";
import { SortHeader } from "../ui/SortHeader";
import { COLUMNS, domainOf, flowOf, sortSessions, ticketOf } from "./columns";
import type { SessionColumn } from "./filter";

const sentence = (text: string | null): string =>
  text === null ? NOTHING : text.charAt(0).toUpperCase() + text.slice(1).replaceAll("_", " ");

interface SessionTableProps {
  sessions: readonly Session[];
  tz: string;
  sort: Sort<SessionColumn>;
  onSort: (sort: Sort<SessionColumn>) => void;
}

export function SessionTable({ sessions, tz, sort, onSort }: SessionTableProps) {
  return (
    <LongTable
      label="Sessions"
      rows={sortSessions(sessions, sort)}
      rowKey={(session) => session.session_id}
      order={`${sort.key} ${sort.direction}`}
      all
      head={COLUMNS.map(({ key, heading, number, first }) => (
        <SortHeader<SessionColumn>
          key={key}
          column={key}
          sort={sort}
          onSort={onSort}
          first={first}
          className={number ? "text-right" : ""}
        >
          {heading}
        </SortHeader>
      ))}
    >
      {(session, index) => <Row session={session} index={index} tz={tz} />}
    </LongTable>
  );
}

function Row({ session, index, tz }: { session: Session; index: number; tz: string }) {
  return (
    <tr data-session={session.session_id} data-index={index}>
      <th scope="row" className="whitespace-nowrap">
        {formatInstant(session.created_at, tz)}
      </th>
      <td className="min-w-28">{domainOf(session) ?? <span className="text-muted">Not mapped</span>}</td>
      <td>{sentence(session.status)}</td>
      <td>{sentence(session.confidence_tier)}</td>
      <td className="min-w-32">{session.engineer ?? NOTHING}</td>
      <td className="min-w-36">
        <Flow session={session} />
      </td>
      <td className="whitespace-nowrap text-right">{formatMinutes(session.duration_minutes)}</td>
      <td className="whitespace-nowrap text-right">{formatHours(session.hours_logged)}</td>
      <td className="text-right">{session.rating ?? NOTHING}</td>
      <td>
        <Ticket id={ticketOf(session)} />
      </td>
    </tr>
  );
}

function LinkButton({ onOpen, children }: { onOpen: () => void; children: ReactNode }) {
  return (
    <button type="button" tabIndex={useTabStop()} className="fpa-number text-accent" onClick={onOpen}>
      {children}
    </button>
  );
}

function Flow({ session }: { session: Session }) {
  const { onOpenFlow } = useActions();
  const { flow_id: id } = session;
  if (id === null) return NOTHING;
  return <LinkButton onOpen={() => onOpenFlow(id)}>{flowOf(session)}</LinkButton>;
}

function Ticket({ id }: { id: string | null }) {
  const { onOpenTicket } = useActions();
  if (id === null) return NOTHING;
  return onOpenTicket ? <LinkButton onOpen={() => onOpenTicket(id)}>{id}</LinkButton> : id;
}
