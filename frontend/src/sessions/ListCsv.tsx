import { useMutation } from "@tanstack/react-query";
import { useClient } from "../api/ClientContext";
import type { Params } from "../api/client";
import type { SessionsPage } from "../api/types";
import { tableCsv } from "../lib/csv";
import { saveCsv } from "../lib/save";
import type { Sort } from "../lib/sort";
import { Icon } from "../ui/Icon";
import { CSV_COLUMNS, sortSessions } from "./columns";
import type { SessionColumn } from "./filter";

interface ListCsvProps {
  pages: readonly SessionsPage[];
  params: Params;
  sort: Sort<SessionColumn>;
}

/** The whole list as a file: as on screen where all of it is loaded, else as the service writes it, newest first. */
export function ListCsv({ pages, params, sort }: ListCsvProps) {
  const client = useClient();
  const first = pages[0];
  const loaded = pages.flatMap((page) => page.sessions);
  const complete = loaded.length === first?.total_count;
  const file = useMutation({
    mutationFn: async () =>
      complete ? tableCsv(CSV_COLUMNS, sortSessions(loaded, sort)) : await client.sessionsCsv(params),
    onSuccess: (text) => saveCsv(text, `flowpilot-sessions-${first?.period.from}-${first?.period.to}.csv`),
  });
  return (
    <>
      <span role="status" className="text-poor">
        {file.isError && `The file could not be made: ${file.error.message}`}
      </span>
      <button
        type="button"
        className="fpa-button fpa-button-small"
        disabled={file.isPending || !first}
        onClick={() => file.mutate()}
      >
        <Icon name="download" size={12} /> {file.isPending ? "Preparing…" : "Download list"}
      </button>
    </>
  );
}
