import { useCallback, useMemo, useState } from "react";
import type { Coverage } from "../../api/types";
import type { DomainColumn, View } from "../../state/view";
import { Card } from "../../ui/Card";
import { LongTable } from "../../ui/LongTable";
import { SortHeader } from "../../ui/SortHeader";
import { RATE_COLUMNS, sortDomains } from "./columns";
import { DomainFlows } from "./DomainFlows";
import { HeatmapRow } from "./HeatmapRow";

interface HeatmapProps {
  coverage: Coverage;
  sort: View["domainSort"];
  onSort: (sort: View["domainSort"]) => void;
}

/** Every domain by how well flows cover it; a row unfolds the domain's flows. */
export function Heatmap({ coverage, sort, onSort }: HeatmapProps) {
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const before = useMemo(
    () => new Map(coverage.previous?.domains.map((domain) => [domain.domain.toLowerCase(), domain])),
    [coverage],
  );
  const rows = useMemo(() => sortDomains(coverage.domains, sort), [coverage, sort]);
  const header = { sort, onSort };
  const fold = useCallback((domain: string) => {
    setUnfolded((now) => new Set(now.has(domain) ? [...now].filter((name) => name !== domain) : [...now, domain]));
  }, []);
  return (
    <Card
      title="Domain coverage"
      hint="Green is covered, amber needs care, red asks for a flow. Press a number for its sessions, the flows for their names, a domain to see it alone."
      flush
    >
      <LongTable
        label="Domain coverage"
        rows={rows}
        rowKey={({ domain }) => domain}
        order={`${sort.key} ${sort.direction}`}
        head={
          <>
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
          </>
        }
      >
        {(domain, index) => (
          <>
            <HeatmapRow
              domain={domain}
              before={before.get(domain.domain.toLowerCase())}
              index={index}
              unfolded={unfolded.has(domain.domain)}
              onFold={fold}
            />
            {unfolded.has(domain.domain) && <DomainFlows domain={domain} />}
          </>
        )}
      </LongTable>
    </Card>
  );
}
