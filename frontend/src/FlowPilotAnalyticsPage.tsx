import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { ClientContext } from "./api/ClientContext";
import { createClient } from "./api/client";
import { createQueryClient } from "./api/queryClient";
import { Controls } from "./controls/Controls";
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

export interface FlowPilotAnalyticsPageProps {
  /** Where the analytics API answers, without `/api/v1`; empty for the page's own origin. */
  apiBaseUrl: string;
  /** The main application's JWT, asked for before each request. */
  getToken: () => string | null | Promise<string | null>;
  /** Opens a flow in the editor. */
  onOpenFlow: (flowId: string) => void;
  /** Starts a new flow for a domain. */
  onCreateFlow: (domain: string) => void;
}

const TABS = [
  { id: "overview", title: "Overview" },
  { id: "coverage", title: "Coverage" },
  { id: "flow-quality", title: "Flow Quality" },
  { id: "psa", title: "PSA" },
] as const satisfies readonly { id: Tab; title: string }[];

/** The whole page, for an application to mount anywhere: it brings its styles, its requests and its URL state. */
export function FlowPilotAnalyticsPage({
  apiBaseUrl,
  getToken,
  onOpenFlow,
  onCreateFlow,
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
  const { theme, choice, choose } = useTheme();
  const [view, onView] = useView();
  const [drillDown, setDrillDown] = useState<DrillDown | null>(null);

  return (
    <QueryClientProvider client={queries}>
      <ClientContext value={client}>
        <DrillDownContext value={setDrillDown}>
          <div className="fpa-root" data-theme={theme}>
            <div className="mx-auto max-w-7xl px-3 pt-5 pb-12 sm:px-6 sm:pt-7">
              <header className="flex items-start justify-between gap-4">
                <div>
                  <h1 className="text-xl font-semibold tracking-tight sm:text-2xl">FlowPilot Analytics</h1>
                  <p className="mt-0.5 text-muted">
                    What guided work saves, where flows are missing, and what reaches the PSA
                  </p>
                </div>
                <ThemeToggle choice={choice} onChoose={choose} />
              </header>
              <div className="mt-5 mb-4">
                <Controls view={view} onChange={onView} />
              </div>
              <Tabs label="Analytics" tabs={TABS} selected={view.tab} onSelect={(tab) => onView({ tab })}>
                <h2 className="fpa-sr">{TABS.find(({ id }) => id === view.tab)?.title}</h2>
                <TabContent view={view} onView={onView} onOpenFlow={onOpenFlow} onCreateFlow={onCreateFlow} />
              </Tabs>
            </div>
            {drillDown && (
              <SessionsDialog
                drillDown={drillDown}
                period={periodParams(view)}
                onClose={() => setDrillDown(null)}
                onOpenFlow={onOpenFlow}
              />
            )}
          </div>
        </DrillDownContext>
      </ClientContext>
    </QueryClientProvider>
  );
}
