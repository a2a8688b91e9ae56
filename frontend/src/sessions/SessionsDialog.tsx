import { useEffect, useId, useRef } from "react";
import type { Params } from "../api/client";
import { formatRange } from "../lib/dates";
import { formatCount, plural } from "../lib/format";
import { ErrorNotice } from "../ui/ErrorNotice";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import type { DrillDown } from "./DrillDown";
import { SessionTable } from "./SessionTable";
import { useSessions } from "./useSessions";

interface SessionsDialogProps {
  drillDown: DrillDown;
  period: Params;
  onClose: () => void;
  onOpenFlow: (flowId: string) => void;
}

/** The sessions behind a number. A native modal: focus stays in, Escape closes, focus returns to the number. */
export function SessionsDialog({ drillDown, period, onClose, onOpenFlow }: SessionsDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const result = useSessions(drillDown.filter, period);
  const pages = result.data?.pages ?? [];
  const first = pages[0];
  const sessions = pages.flatMap((page) => page.sessions);

  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);

  return (
    <dialog ref={dialog} className="fpa-dialog" aria-labelledby={title} onClose={onClose}>
      <header className="flex items-start justify-between gap-4 border-b border-line px-5 py-4">
        <div className="min-w-0">
          <h2 id={title} className="text-base font-semibold">
            {drillDown.title}
          </h2>
          <p className="text-xs text-muted" role="status">
            {first && (
              <>
                <span data-total={first.total_count}>{plural(first.total_count, "session")}</span>
                {` · ${formatRange(first.period.from, first.period.to)} · ${first.period.tz}`}
              </>
            )}
          </p>
        </div>
        <button type="button" className="fpa-button !px-2" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      <div className="min-h-40 flex-1 overflow-auto">
        {result.isPending && <Skeleton cards={0} rows={6} />}
        {result.isError && sessions.length === 0 && (
          <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />
        )}
        {first && sessions.length === 0 && <Notice icon="empty" title="No sessions" />}
        {first && sessions.length > 0 && (
          <SessionTable sessions={sessions} tz={first.period.tz} onOpenFlow={onOpenFlow} />
        )}
      </div>
      {first && sessions.length > 0 && (
        <footer className="flex items-center justify-between gap-4 border-t border-line px-5 py-3 text-xs text-muted">
          <span role="status">
            {result.isFetchNextPageError
              ? "The next sessions could not be loaded."
              : `${formatCount(sessions.length)} of ${formatCount(first.total_count)} shown`}
          </span>
          {result.hasNextPage && (
            <button
              type="button"
              className="fpa-button fpa-button-small"
              disabled={result.isFetchingNextPage}
              onClick={() => void result.fetchNextPage()}
            >
              {result.isFetchingNextPage ? "Loading…" : "Load more"}
            </button>
          )}
        </footer>
      )}
    </dialog>
  );
}
