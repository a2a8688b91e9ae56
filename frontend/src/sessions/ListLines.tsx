import type { SessionsPage } from "../api/types";
import { formatRange } from "../lib/dates";
import { formatCount, plural } from "../lib/format";
import { MOST_SORTED, type useSessions } from "./useSessions";

/** How many, of which days. */
export function ListLine({ first }: { first: SessionsPage | undefined }) {
  return (
    <p className="text-xs text-muted" role="status">
      {first && (
        <>
          <span data-total={first.total_count}>{plural(first.total_count, "session")}</span>
          {` · ${formatRange(first.period.from, first.period.to)} · ${first.period.tz}`}
        </>
      )}
    </p>
  );
}

interface ListFooterProps {
  result: ReturnType<typeof useSessions>;
  first: SessionsPage;
  count: number;
  sorted: boolean;
}

/** How many of them are loaded, and the next ones. */
export function ListFooter({ result, first, count, sorted }: ListFooterProps) {
  const shown = `${formatCount(count)} of ${formatCount(first.total_count)} shown`;
  const partly = sorted && first.total_count > MOST_SORTED && count < first.total_count;
  return (
    <footer className="flex items-center justify-between gap-4 border-t border-line px-5 py-3 text-xs text-muted">
      <span role="status">
        {result.isFetchNextPageError ? "The next sessions could not be loaded." : shown}
        {partly && "; only these are sorted"}
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
  );
}
