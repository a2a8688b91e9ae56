export { FlowPilotAnalyticsPage } from "./FlowPilotAnalyticsPage";
export type { FlowPilotAnalyticsPageProps, OnSearchChange, Theme } from "./props";
