import { useCode } from "../api/useCode";
import type { View } from "../state/view";
import { Boundary } from "../ui/Boundary";
import { ErrorNotice } from "../ui/ErrorNotice";
import { Skeleton } from "../ui/Skeleton";

const loadReport = () => import("./Report");

export interface ReportProps {
  view: View;
  onClose: () => void;
}

/** The printable page; its code comes when it is asked for. */
export function ReportPart(props: ReportProps) {
  const code = useCode("report", loadReport);
  if (code.data) {
    const Report = code.data.default;
    return (
      <Boundary resetKey={props.view}>
        <Report {...props} />
      </Boundary>
    );
  }
  if (code.error) return <ErrorNotice error={code.error} onRetry={() => void code.refetch()} />;
  return <Skeleton cards={4} rows={12} />;
}
