import { createContext, useContext } from "react";

/** What the reader can set off from anywhere on the page. */
export interface Actions {
  /** Asks everything of one domain alone; null: of all again. */
  onDomain: (domain: string | null) => void;
  onOpenFlow: (flowId: string) => void;
  onCreateFlow: (domain: string) => void;
  /** Undefined where the host has no page for a ticket. */
  onOpenTicket: ((ticketId: string) => void) | undefined;
}

export const ActionsContext = createContext<Actions | null>(null);

export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (actions === null) throw new Error("useActions needs a FlowPilotAnalyticsPage around it");
  return actions;
}
