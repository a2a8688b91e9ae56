import { useEffect } from "react";
import { type Loader, useCode } from "../api/useCode";
import type { Tab } from "../state/view";
import { ErrorNotice } from "../ui/ErrorNotice";
import { Skeleton } from "../ui/Skeleton";
import type { TabProps } from "./TabProps";

const CODE: Record<Tab, Loader<TabProps>> = {
  overview: () => import("./overview/OverviewTab"),
  coverage: () => import("./coverage/CoverageTab"),
  "flow-quality": () => import("./flow-quality/FlowQualityTab"),
  psa: () => import("./psa/PsaTab"),
};

/** The selected tab. The code of the others, a few kilobytes each, is fetched when there is time; their data is not. */
export function TabContent(props: TabProps) {
  const { tab } = props.view;
  const code = useCode(tab, CODE[tab]);

  useEffect(() => {
    const ahead = () => {
      // A failure here is told when the tab is selected.
      for (const load of Object.values(CODE)) load().catch(() => undefined);
    };
    const timer = window.setTimeout(ahead, 2_000);
    return () => window.clearTimeout(timer);
  }, []);

  if (code.data) {
    const Content = code.data.default;
    return <Content {...props} />;
  }
  if (code.error) return <ErrorNotice error={code.error} onRetry={() => void code.refetch()} />;
  return <Skeleton cards={4} rows={8} />;
}
