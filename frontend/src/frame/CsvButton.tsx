import type { PeriodInfo, Question } from "../api/types";
import { Icon } from "../ui/Icon";

interface CsvButtonProps {
  question: Question;
  period: PeriodInfo;
  /** The file's text: made from what the tab shows, in its order, so that the two never differ. */
  csv: () => string;
}

export function CsvButton({ question, period, csv }: CsvButtonProps) {
  return (
    <button
      type="button"
      className="fpa-button fpa-button-small"
      onClick={() => save(csv(), `flowpilot-${question}-${period.from}-${period.to}.csv`)}
    >
      <Icon name="download" size={12} /> Download CSV
    </button>
  );
}

function save(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  // The browser has taken the blob once the click is handled.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
