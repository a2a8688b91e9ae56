import type { Engineers } from "../../../api/types";
import { formatCount } from "../../../lib/format";
import { useDrillDown } from "../../../sessions/DrillDown";
import { Card } from "../../../ui/Card";
import { Figure } from "../../../ui/Figure";
import { LongTable } from "../../../ui/LongTable";
import { TEAM_COLUMNS } from "./columns";
import { TeamCells } from "./TeamCells";

/** Engineers by name. No order by numbers: the table is for help, not for a ranking. */
export function Team({ answer }: { answer: Engineers }) {
  const { engineers, team, unassigned_session_count: unassigned, previous } = answer;
  const before = new Map(previous?.engineers.map((engineer) => [engineer.user_id, engineer]));
  return (
    <Card
      title="Team"
      hint="By name, never ranked. Grey rows have fewer than 20 ended sessions: too few to tell people apart."
      flush
    >
      <LongTable
        label="Team"
        rows={engineers}
        rowKey={(engineer) => engineer.user_id}
        order="email"
        head={
          <>
            <th scope="col" className="fpa-sticky">
              Engineer
            </th>
            {TEAM_COLUMNS.map((heading) => (
              <th key={heading} scope="col" className="text-right">
                {heading}
              </th>
            ))}
          </>
        }
        foot={
          <>
            <tr className="font-medium" data-team>
              <th scope="row" className="fpa-sticky">
                Whole team
              </th>
              <TeamCells row={team} before={previous?.team} filter={{}} />
            </tr>
            {unassigned > 0 && <Unassigned count={unassigned} />}
          </>
        }
      >
        {(engineer, index) => (
          <tr
            data-index={index}
            data-engineer={engineer.user_id}
            data-low-sample={engineer.low_sample || undefined}
            className={engineer.low_sample ? "text-muted" : ""}
          >
            <th scope="row" className="fpa-sticky [overflow-wrap:anywhere]">
              {engineer.email ?? "Without an address"}
              {!engineer.is_active && <span className="fpa-chip ml-2 text-muted">No longer active</span>}
            </th>
            <TeamCells row={engineer} before={before.get(engineer.user_id)} filter={{ user_id: engineer.user_id }} />
          </tr>
        )}
      </LongTable>
    </Card>
  );
}

function Unassigned({ count }: { count: number }) {
  const drill = useDrillDown();
  return (
    <tr className="text-muted">
      <th scope="row" className="fpa-sticky">
        Without an engineer
      </th>
      <td className="text-right">
        <Figure note="Sessions without a user of this account" onOpen={drill({ user_id: "none" })}>
          {formatCount(count)}
        </Figure>
      </td>
      <td colSpan={TEAM_COLUMNS.length - 1} />
    </tr>
  );
}
