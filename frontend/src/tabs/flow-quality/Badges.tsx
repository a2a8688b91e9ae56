import type { AttentionFlow, Flow } from "../../api/types";
import { Icon } from "../../ui/Icon";
import { ATTENTION, type Standing } from "./flows";

interface BadgesProps {
  flow: Flow;
  standing: Standing | undefined;
  attention: AttentionFlow["reasons"] | undefined;
}

/** What a flow's row says beside its name. */
export function Badges({ flow, standing, attention }: BadgesProps) {
  return (
    <>
      {standing && (
        <span
          className={`fpa-chip ${standing.place === "top" ? "border-good/40 text-good" : "border-poor/40 text-poor"}`}
        >
          {standing.place === "top" ? "Top" : "Bottom"} {standing.rank}
        </span>
      )}
      {attention && (
        <span className="fpa-chip border-fair/40 text-fair">
          <Icon name="warning" size={10} />
          Needs attention: {attention.map((reason) => ATTENTION[reason]).join(", ")}
        </span>
      )}
      {flow.is_archived && <span className="fpa-chip text-muted">Archived</span>}
      {flow.low_sample && flow.ended_count > 0 && <span className="fpa-chip text-muted">Few sessions</span>}
    </>
  );
}
