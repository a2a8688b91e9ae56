import { FlowPilotAnalyticsPage } from "@flowpilot/analytics-page";
import { createElement } from "react";

const nothing = () => {};

/** The same on the server and in the browser. */
export const plainAnalytics = (session) =>
  createElement(FlowPilotAnalyticsPage, {
    apiBaseUrl: session.api,
    getToken: () => session.token,
    onOpenFlow: nothing,
    onCreateFlow: nothing,
  });
