import { useMutation } from "@tanstack/react-query";
import { useClient } from "../api/ClientContext";
import type { Params } from "../api/client";
import type { PeriodInfo, Question } from "../api/types";
import { Icon } from "../ui/Icon";

interface CsvButtonProps {
  question: Question;
  params: Params;
  period: PeriodInfo;
}

/** Saves what the tab shows as the API writes it. The token travels in a header, so a plain link would not do. */
export function CsvButton({ question, params, period }: CsvButtonProps) {
  const client = useClient();
  const download = useMutation({
    mutationFn: () => client.csv(question, params),
    onSuccess: (csv) => save(csv, `flowpilot-${question}-${period.from}-${period.to}.csv`),
    networkMode: "always",
  });
  return (
    <span className="inline-flex items-center gap-2">
      <span role="status" className="text-poor">
        {download.isError && "Download failed"}
      </span>
      <button
        type="button"
        className="fpa-button fpa-button-small"
        disabled={download.isPending}
        onClick={() => download.mutate()}
      >
        <Icon name="download" size={12} /> Download CSV
      </button>
    </span>
  );
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has taken the blob once the click is handled.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
