import { QueryClientProvider } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { ClientContext } from "./api/ClientContext";
import { createClient } from "./api/client";
import { createQueryClient } from "./api/queryClient";
import { PageBody } from "./frame/PageBody";
import { PageContent } from "./PageContent";
import type { FlowPilotAnalyticsPageProps } from "./props";
import { OpenListContext } from "./sessions/DrillDown";
import { NEWEST_FIRST } from "./sessions/filter";
import { SessionsDialog } from "./sessions/SessionsDialog";
import { type Actions, ActionsContext } from "./state/Actions";
import { MoneyProvider } from "./state/Money";
import { listParams } from "./state/question";
import { useLatest } from "./state/useLatest";
import { useTheme } from "./state/useTheme";
import { useView } from "./state/useView";
import { parseView, writeView } from "./state/view";
import { Boundary } from "./ui/Boundary";
import { ThemeToggle } from "./ui/ThemeToggle";
import "./styles.css";

/** The page in a browser, once it is there. */
export function Page(props: FlowPilotAnalyticsPageProps) {
  const { apiBaseUrl, theme, themeToggle, search, onSearchChange } = props;
  // A host may hand over new functions with every render: only the address makes a new client.
  const latest = useLatest(props);
  const [client, queries] = useMemo(
    () => [createClient({ apiBaseUrl, getToken: () => latest.current.getToken() }), createQueryClient()],
    [apiBaseUrl, latest],
  );
  const root = useRef<HTMLDivElement>(null);
  const showToggle = themeToggle ?? theme === undefined;
  const { look, ...toggle } = useTheme(theme ?? "system", showToggle, root);
  const [view, onView] = useView(search, onSearchChange);
  // A list that opens over the tabs changes nothing in them.
  const underneath = writeView("", { ...view, list: null });
  const tabsView = useMemo(() => parseView(underneath), [underneath]);
  const opensTickets = props.onOpenTicket !== undefined;
  const actions = useMemo<Actions>(
    () => ({
      onDomain: (domain) => onView({ domain }),
      onOpenFlow: (flowId) => latest.current.onOpenFlow(flowId),
      onCreateFlow: (domain) => latest.current.onCreateFlow(domain),
      onOpenTicket: opensTickets ? (ticketId) => latest.current.onOpenTicket?.(ticketId) : undefined,
    }),
    [onView, opensTickets, latest],
  );
  const openList = useMemo(
    () => (filter: NonNullable<typeof view.list>["filter"], days: NonNullable<typeof view.list>["days"]) =>
      onView({ list: { filter, days, sort: NEWEST_FIRST } }),
    [onView],
  );

  return (
    <QueryClientProvider client={queries}>
      <ClientContext.Provider value={client}>
        <ActionsContext.Provider value={actions}>
          <OpenListContext.Provider value={openList}>
            <MoneyProvider hourlyRate={props.hourlyRate} currency={props.currency}>
              {/* Paper is light. */}
              <div ref={root} className="fpa-root" data-theme={view.report ? "light" : look}>
                {/* A fault of ours takes nothing of the host away. */}
                <Boundary resetKey={view}>
                  <PageBody aside={showToggle && !view.report && <ThemeToggle {...toggle} />}>
                    <PageContent view={tabsView} onView={onView} />
                  </PageBody>
                  {view.list && (
                    <SessionsDialog
                      key={JSON.stringify([view.list.filter, view.list.days])}
                      list={view.list}
                      params={listParams(view, view.list)}
                      onSort={(sort) => view.list && onView({ list: { ...view.list, sort } }, "replace")}
                      onClose={() => onView({ list: null }, "leave")}
                    />
                  )}
                </Boundary>
              </div>
            </MoneyProvider>
          </OpenListContext.Provider>
        </ActionsContext.Provider>
      </ClientContext.Provider>
    </QueryClientProvider>
  );
}
