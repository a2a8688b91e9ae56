import type { PeriodInfo, Question } from "../api/types";
import { saveCsv } from "../lib/save";
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
      className="fpa-button fpa-button-small fpa-no-print"
      onClick={() => saveCsv(csv(), `flowpilot-${question}-${period.from}-${period.to}.csv`)}
    >
      <Icon name="download" size={12} /> Download CSV
    </button>
  );
}
