import { PageBody } from "./frame/PageBody";
import { Page } from "./Page";
import type { FlowPilotAnalyticsPageProps, Theme } from "./props.js";
import { useMounted } from "./state/useMounted";
import { Skeleton } from "./ui/Skeleton";

/** The whole page, for an application to mount anywhere: it brings its styles, its requests and its URL state. */
export function FlowPilotAnalyticsPage(props: FlowPilotAnalyticsPageProps) {
  return useMounted() ? <Page {...props} /> : <Shape theme={props.theme ?? "system"} />;
}

/** What a server can know of the page: the shape of what is coming. */
function Shape({ theme }: { theme: Theme }) {
  return (
    <div className="fpa-root" data-theme={theme}>
      <PageBody>
        <div className="mt-5 mb-4 min-h-18" />
        <Skeleton cards={4} rows={8} />
      </PageBody>
    </div>
  );
}
