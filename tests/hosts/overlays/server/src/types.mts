import type { FlowPilotAnalyticsPage, FlowPilotAnalyticsPageProps } from "@flowpilot/analytics-page";
import type { ComponentProps } from "react";

type Props = ComponentProps<typeof FlowPilotAnalyticsPage>;
const needed = { apiBaseUrl: "", getToken: () => null, onOpenFlow: () => {}, onCreateFlow: () => {} };

export const good: Props[] = [needed, { ...needed, theme: "inherit", hourlyRate: 40, currency: "EUR" }];
// @ts-expect-error: no such theme
export const bad: FlowPilotAnalyticsPageProps = { ...needed, theme: "blue" };
// @ts-expect-error: who gives the query string takes the next one
export const half: FlowPilotAnalyticsPageProps = { ...needed, search: "" };
