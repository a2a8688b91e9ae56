import type { View } from "../state/view";

/** What every tab gets: the view the URL describes, and what to do when the reader acts. */
export interface TabProps {
  view: View;
  onView: (change: Partial<View>) => void;
  onOpenFlow: (flowId: string) => void;
  onCreateFlow: (domain: string) => void;
}
