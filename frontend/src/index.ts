export { FlowPilotAnalyticsPage, type FlowPilotAnalyticsPageProps } from "./FlowPilotAnalyticsPage";
