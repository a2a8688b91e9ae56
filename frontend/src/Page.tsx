import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { ClientContext } from "./api/ClientContext";
import { createClient } from "./api/client";
import { createQueryClient } from "./api/queryClient";
import { Controls } from "./controls/Controls";
import { PageBody } from "./frame/PageBody";
import type { FlowPilotAnalyticsPageProps } from "./props";
import { type DrillDown, DrillDownContext } from "./sessions/DrillDown";
import { SessionsDialog } from "./sessions/SessionsDialog";
import { periodParams } from "./state/question";
import { useTheme } from "./state/useTheme";
import { useView } from "./state/useView";
import type { Tab } from "./state/view";
import { TabContent } from "./tabs/TabContent";
import { Tabs } from "./ui/Tabs";
import { ThemeToggle } from "./ui/ThemeToggle";
import "./styles.css";

const TABS = [
  { id: "overview", title: "Overview" },
  { id: "coverage", title: "Coverage" },
  { id: "flow-quality", title: "Flow Quality" },
  { id: "psa", title: "PSA" },
] as const satisfies readonly { id: Tab; title: string }[];

/** The page in a browser, once it is there. */
export function Page({
  apiBaseUrl,
  getToken,
  onOpenFlow,
  onCreateFlow,
  theme,
  themeToggle,
  search,
  onSearchChange,
}: FlowPilotAnalyticsPageProps) {
  // A host may hand over a new function with every render: only the address makes a new client.
  const latestToken = useRef(getToken);
  useEffect(() => {
    latestToken.current = getToken;
  }, [getToken]);
  const [client, queries] = useMemo(
    () => [createClient({ apiBaseUrl, getToken: () => latestToken.current() }), createQueryClient()],
    [apiBaseUrl],
  );
  const root = useRef<HTMLDivElement>(null);
  const showToggle = themeToggle ?? theme === undefined;
  const { look, ...toggle } = useTheme(theme ?? "system", showToggle, root);
  const [view, onView] = useView(search, onSearchChange);
  const [drillDown, setDrillDown] = useState<DrillDown | null>(null);

  return (
    <QueryClientProvider client={queries}>
      <ClientContext.Provider value={client}>
        <DrillDownContext.Provider value={setDrillDown}>
          <div ref={root} className="fpa-root" data-theme={look}>
            <PageBody aside={showToggle && <ThemeToggle {...toggle} />}>
              <div className="mt-5 mb-4">
                <Controls view={view} onChange={onView} />
              </div>
              <Tabs label="Analytics" tabs={TABS} selected={view.tab} onSelect={(tab) => onView({ tab })}>
                <h2 className="fpa-sr">{TABS.find(({ id }) => id === view.tab)?.title}</h2>
                <TabContent view={view} onView={onView} onOpenFlow={onOpenFlow} onCreateFlow={onCreateFlow} />
              </Tabs>
            </PageBody>
            {drillDown && (
              <SessionsDialog
                drillDown={drillDown}
                period={periodParams(view)}
                onClose={() => setDrillDown(null)}
                onOpenFlow={onOpenFlow}
              />
            )}
          </div>
        </DrillDownContext.Provider>
      </ClientContext.Provider>
    </QueryClientProvider>
  );
}
