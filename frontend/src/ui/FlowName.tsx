import { flowName } from "../lib/format";
import { useActions } from "../state/Actions";
import { useTabStop } from "./Reach";

interface FlowNameProps {
  flow: { flow_id: string; name: string | null };
  className?: string;
}

/** A flow wherever it is named: pressing it opens the editor. */
export function FlowName({ flow, className = "" }: FlowNameProps) {
  const { onOpenFlow } = useActions();
  return (
    <button
      type="button"
      tabIndex={useTabStop()}
      className={`fpa-name ${className}`}
      title={flowName(flow)}
      onClick={() => onOpenFlow(flow.flow_id)}
    >
      {flowName(flow)}
    </button>
  );
}
