/** What a host application gives the page; `README.md` tells the same as prose. */

/** `system` follows the reader's device, `inherit` the host around the page. */
export type Theme = "light" | "dark" | "system" | "inherit";

interface Needed {
  /** Where the analytics API answers, without `/api/v1`; empty for the page's own origin. */
  apiBaseUrl: string;
  /** The main application's JWT, asked for before each request. */
  getToken: () => string | null | Promise<string | null>;
  /** Opens a flow in the editor. */
  onOpenFlow: (flowId: string) => void;
  /** Starts a new flow for a domain. */
  onCreateFlow: (domain: string) => void;
}

interface Optional {
  /** How the page looks; `system` unless given. */
  theme?: Theme | undefined;
  /** Whether the reader may choose the theme; the choice is kept per browser. Shown unless `theme` is given. */
  themeToggle?: boolean | undefined;
  /** Opens a ticket of the PSA; without it tickets are plain text. */
  onOpenTicket?: ((ticketId: string) => void) | undefined;
  /** What an hour of work costs, for the money beside hours; without it the reader may enter one. */
  hourlyRate?: number | undefined;
  /** ISO 4217, such as `EUR`: the currency of `hourlyRate`. */
  currency?: string | undefined;
}

export interface SearchChange {
  /** Whether the address changes in place, without a history entry. */
  replace: boolean;
  /**
   * Whether the history entry before this one shows just that, since what the reader closes made this one. A router
   * that goes back then, in place of replacing, leaves no entry behind that looks like the one before.
   */
  back: boolean;
}

export type OnSearchChange = (search: string, how: SearchChange) => void;

/**
 * Where the view is kept. Without these two the page reads and writes the browser's query string itself; a host whose
 * router owns it gives both, and the page then touches neither address nor history.
 */
type Url =
  | {
      /** The query string as the router has it, `?tab=psa` or empty. */
      search: string;
      /** The query string that the reader asks for; parameters that are not the page's are kept in it. */
      onSearchChange: OnSearchChange;
    }
  | { search?: undefined; onSearchChange?: undefined };

export type FlowPilotAnalyticsPageProps = Needed & Optional & Url;
