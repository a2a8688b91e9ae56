import { memo } from "react";
import { Controls } from "./controls/Controls";
import { ReportPart } from "./report/ReportPart";
import type { ChangeView } from "./state/useView";
import type { Tab, View } from "./state/view";
import { TabContent } from "./tabs/TabContent";
import { Boundary } from "./ui/Boundary";
import { Tabs } from "./ui/Tabs";

const TABS = [
  { id: "overview", title: "Overview" },
  { id: "coverage", title: "Coverage" },
  { id: "flow-quality", title: "Flow Quality" },
  { id: "psa", title: "PSA" },
] as const satisfies readonly { id: Tab; title: string }[];

/** The tabs under the question they share, or the printable page in their place. */
export const PageContent = memo(function PageContent({ view, onView }: { view: View; onView: ChangeView }) {
  if (view.report) return <ReportPart view={view} onClose={() => onView({ report: false }, "leave")} />;
  return (
    <>
      <div className="mt-5 mb-4">
        <Controls view={view} onChange={onView} />
      </div>
      <Tabs label="Analytics" tabs={TABS} selected={view.tab} onSelect={(tab) => onView({ tab })}>
        <h2 className="fpa-sr">{TABS.find(({ id }) => id === view.tab)?.title}</h2>
        <Boundary resetKey={view}>
          <TabContent view={view} onView={onView} />
        </Boundary>
      </Tabs>
    </>
  );
});
