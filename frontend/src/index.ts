// The published types are these files as they are: with extensions, which some module resolutions ask for.
export { FlowPilotAnalyticsPage } from "./FlowPilotAnalyticsPage.js";
export type { FlowPilotAnalyticsPageProps, OnSearchChange, Theme } from "./props.js";
