import { FlowPilotAnalyticsPage } from "@flowpilot/analytics-page";
import "@flowpilot/analytics-page/style.css";
import { useLocation, useNavigate } from "react-router";
import { session } from "./session";

export function Analytics() {
  const { search } = useLocation();
  const navigate = useNavigate();
  return (
    <FlowPilotAnalyticsPage
      apiBaseUrl={session().api}
      getToken={() => session().token}
      theme="inherit"
      search={search}
      onSearchChange={(next, { replace, back }) => (back ? navigate(-1) : navigate({ search: next }, { replace }))}
      onOpenFlow={(flowId) => navigate(`/flows/${flowId}`)}
      onCreateFlow={(domain) => navigate(`/flows/new?domain=${encodeURIComponent(domain)}`)}
      onOpenTicket={(ticketId) => navigate(`/tickets/${encodeURIComponent(ticketId)}`)}
    />
  );
}
