import { useActions } from "../state/Actions";
import { Icon } from "./Icon";
import { useTabStop } from "./Reach";

export function CreateFlow({ domain }: { domain: string }) {
  const { onCreateFlow } = useActions();
  return (
    <button
      type="button"
      tabIndex={useTabStop()}
      className="fpa-button fpa-button-small"
      aria-label={`Create Flow for ${domain}`}
      onClick={() => onCreateFlow(domain)}
    >
      <Icon name="plus" size={11} /> Create Flow
    </button>
  );
}
