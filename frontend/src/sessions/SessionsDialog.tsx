import { type RefObject, useCallback, useEffect, useId, useLayoutEffect, useRef } from "react";
import type { Params } from "../api/client";
import type { Session } from "../api/types";
import { useAttempts } from "../frame/useAttempts";
import { SlowBanner } from "../frame/Waiting";
import type { Sort } from "../lib/sort";
import { ErrorNotice } from "../ui/ErrorNotice";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { NEWEST_FIRST, type SessionColumn, type SessionList, titleOf } from "./filter";
import { ListCsv } from "./ListCsv";
import { ListFooter, ListLine } from "./ListLines";
import { SessionTable } from "./SessionTable";
import { useSessions } from "./useSessions";

interface SessionsDialogProps {
  list: SessionList;
  params: Params;
  onSort: (sort: Sort<SessionColumn>) => void;
  onClose: () => void;
}

/** The sessions behind a number. A native modal: focus stays in, Escape closes, focus returns to the number. */
export function SessionsDialog({ list, params, onSort, onClose }: SessionsDialogProps) {
  const { dialog, close } = useModal(onClose);
  const title = useId();
  const sorted = list.sort.key !== NEWEST_FIRST.key || list.sort.direction !== NEWEST_FIRST.direction;
  const result = useSessions(params, sorted);
  const { slow, retry } = useAttempts(result);
  const pages = result.data?.pages ?? [];
  const first = pages[0];
  const sessions = pages.flatMap((page) => page.sessions);

  return (
    <dialog ref={dialog} className="fpa-dialog" aria-labelledby={title}>
      <header className="flex items-start justify-between gap-4 border-b border-line px-5 py-4">
        <div className="min-w-0">
          <h2 id={title} className="text-base font-semibold [overflow-wrap:anywhere]">
            {titleOf(list.filter, namesIn(sessions, list))}
          </h2>
          <ListLine first={first} />
        </div>
        <div className="flex flex-wrap items-center justify-end gap-2">
          <ListCsv pages={pages} params={params} sort={list.sort} />
          <button type="button" className="fpa-button !px-2" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </div>
      </header>
      <div className="min-h-40 flex-1 overflow-auto">
        {slow && <SlowBanner onRetry={retry} />}
        {result.isPending && <Skeleton cards={0} rows={6} />}
        {result.isError && sessions.length === 0 && <ErrorNotice error={result.error} onRetry={retry} />}
        {first && sessions.length === 0 && <Notice icon="empty" title="No sessions" />}
        {first && sessions.length > 0 && (
          <SessionTable sessions={sessions} tz={first.period.tz} sort={list.sort} onSort={onSort} />
        )}
      </div>
      {first && sessions.length > 0 && (
        <ListFooter result={result} first={first} count={sessions.length} sorted={sorted} />
      )}
    </dialog>
  );
}

/**
 * Opens the dialog, which stays until the address no longer has its list: nothing behind it can be pressed while the
 * browser goes back. It is closed before it is taken away, so that focus returns.
 */
function useModal(onClose: () => void): { dialog: RefObject<HTMLDialogElement | null>; close: () => void } {
  const dialog = useRef<HTMLDialogElement>(null);
  const latest = useRef(onClose);
  const asked = useRef(false);
  useEffect(() => {
    latest.current = onClose;
  }, [onClose]);
  const close = useCallback(() => {
    if (asked.current) return;
    asked.current = true;
    latest.current();
  }, []);
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return;
    const onCancel = (event: Event) => {
      event.preventDefault();
      close();
    };
    // A second Escape closes it whatever the page says. Strict mode opens, closes and opens it again: that first
    // closing is told when the dialog is open once more.
    const onClosed = () => element.open || close();
    element.showModal();
    element.addEventListener("cancel", onCancel);
    element.addEventListener("close", onClosed);
    return () => {
      element.removeEventListener("cancel", onCancel);
      element.removeEventListener("close", onClosed);
      element.close();
    };
  }, [close]);
  return { dialog, close };
}

function namesIn(sessions: readonly Session[], { filter }: SessionList) {
  return {
    flow: sessions.find((session) => session.flow_id === filter.flow_id)?.flow_name ?? null,
    engineer: sessions.find((session) => session.engineer !== null)?.engineer ?? null,
  };
}
