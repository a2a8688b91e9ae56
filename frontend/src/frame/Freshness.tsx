import { formatAge, formatInstant, formatTime } from "../lib/dates";
import { useNow } from "../state/useNow";
import { Figure } from "../ui/Figure";

interface FreshnessProps {
  asOf: string | null;
  stale: boolean;
  tz: string;
}

/** Up to when the numbers are complete, and whether that is too long ago. */
export function Freshness({ asOf, stale, tz }: FreshnessProps) {
  const now = useNow(5_000);
  const words = asOf === null ? "Freshness unknown" : `As of ${formatTime(asOf, tz)}`;
  const note =
    asOf === null
      ? "The service cannot tell how recent these numbers are: no heartbeat has arrived."
      : `Everything up to ${formatInstant(asOf, tz)} (${tz}) is counted.\nRefreshes every 30 seconds while the page is visible.`;
  return (
    <span className="inline-flex items-center gap-2">
      <Figure note={note} className="inline-flex items-center gap-2">
        <span aria-hidden="true" className={`size-2 rounded-full ${stale ? "bg-amber-400" : "bg-emerald-400"}`} />
        <span>{words}</span>
        {asOf !== null && <span className="text-muted">{formatAge(now.getTime() - Date.parse(asOf))}</span>}
      </Figure>
      <span role="status">{stale && <span className="fpa-chip border-fair/40 text-fair">Stale</span>}</span>
    </span>
  );
}
