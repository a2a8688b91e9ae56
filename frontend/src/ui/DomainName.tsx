import { useActions } from "../state/Actions";
import { useTabStop } from "./Reach";

/** A domain wherever it is named: pressing it asks everything of that domain alone. */
export function DomainName({ domain, className = "" }: { domain: string; className?: string }) {
  const { onDomain } = useActions();
  return (
    <button
      type="button"
      tabIndex={useTabStop()}
      className={`fpa-name ${className}`}
      title={`Show ${domain} alone`}
      onClick={() => onDomain(domain)}
    >
      {domain}
    </button>
  );
}
