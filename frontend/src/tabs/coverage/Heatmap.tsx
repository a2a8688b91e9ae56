import type { Coverage } from "../../api/types";
import type { DomainColumn, View } from "../../state/view";
import { Card } from "../../ui/Card";
import { SortHeader } from "../../ui/SortHeader";
import { RATE_COLUMNS, sortDomains } from "./columns";
import { HeatmapRow } from "./HeatmapRow";

interface HeatmapProps {
  coverage: Coverage;
  sort: View["domainSort"];
  onSort: (sort: View["domainSort"]) => void;
  onCreateFlow: (domain: string) => void;
}

/** Every domain by how well flows cover it. */
export function Heatmap({ coverage, sort, onSort, onCreateFlow }: HeatmapProps) {
  const before = new Map(coverage.previous?.domains.map((domain) => [domain.domain.toLowerCase(), domain]));
  const rows = sortDomains(coverage.domains, sort);
  const header = { sort, onSort };
  return (
    <Card
      title="Domain coverage"
      hint="Green is covered, amber needs care, red asks for a flow. Hover a number for its n, press it for its sessions."
      flush
    >
      <div className="fpa-table-wrap">
        <table className="fpa-table" aria-label="Domain coverage">
          <thead>
            <tr>
              <SortHeader<DomainColumn> {...header} column="domain" first="asc" className="fpa-sticky">
                Domain
              </SortHeader>
              <SortHeader<DomainColumn> {...header} column="flows" className="text-right">
                Flows
              </SortHeader>
              <SortHeader<DomainColumn> {...header} column="sessions" className="text-right">
                Sessions
              </SortHeader>
              {RATE_COLUMNS.map(({ column, heading }) => (
                <SortHeader<DomainColumn> {...header} key={column} column={column} className="text-right">
                  {heading}
                </SortHeader>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((domain) => (
              <HeatmapRow
                key={domain.domain}
                domain={domain}
                before={before.get(domain.domain.toLowerCase())}
                onCreateFlow={onCreateFlow}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
