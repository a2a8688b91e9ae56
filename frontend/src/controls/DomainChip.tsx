import { Icon } from "../ui/Icon";

/** Says that one domain alone is shown, and ends it. */
export function DomainChip({ domain, onClear }: { domain: string; onClear: () => void }) {
  return (
    <span className="fpa-filter">
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="text-muted">Domain:</span> <span className="font-medium">{domain}</span>
      </span>
      <button type="button" className="fpa-filter-end" aria-label="Show all domains" onClick={onClear}>
        <Icon name="close" size={12} />
      </button>
    </span>
  );
}
