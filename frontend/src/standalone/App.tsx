import { useEffect, useState } from "react";
import { FlowPilotAnalyticsPage } from "../FlowPilotAnalyticsPage";
import { EditorNotice, type EditorRequest } from "./EditorNotice";
import { storedToken, takeToken } from "./token";

/** The page on its own, as the API serves it. A new token in the address starts it afresh. */
export function App() {
  const [generation, setGeneration] = useState(0);
  const [request, setRequest] = useState<EditorRequest | null>(null);
  useEffect(() => {
    const onHash = () => {
      if (takeToken()) setGeneration((value) => value + 1);
    };
    window.addEventListener("hashchange", onHash);
    return () => window.removeEventListener("hashchange", onHash);
  }, []);
  return (
    <main className="h-full">
      <FlowPilotAnalyticsPage
        key={generation}
        apiBaseUrl=""
        getToken={storedToken}
        onOpenFlow={(flowId) => setRequest({ kind: "open", flowId })}
        onCreateFlow={(domain) => setRequest({ kind: "create", domain })}
        onOpenTicket={(ticketId) => setRequest({ kind: "ticket", ticketId })}
      />
      {request && <EditorNotice request={request} onClose={() => setRequest(null)} />}
    </main>
  );
}
