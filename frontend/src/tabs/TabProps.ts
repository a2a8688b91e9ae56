import type { ChangeView } from "../state/useView";
import type { View } from "../state/view";

/** What every tab gets: the view the URL describes, and how it changes. */
export interface TabProps {
  view: View;
  onView: ChangeView;
}
