import { FlowPilotAnalyticsPage } from "@flowpilot/analytics-page";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { session, signIn } from "./session";
import "./host.css";
import "@flowpilot/analytics-page/style.css";

signIn();

/** No router: the page keeps its view in the URL by itself, and the rest is one state. */
function App() {
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <>
      <nav aria-label="Application" className="navbar p-4">
        <a href="/">Home</a>
        <button type="button" className="btn btn-primary">
          Button
        </button>
        <table className="table">
          <tbody>
            <tr>
              <th>Heading</th>
              <td>
                <input type="checkbox" /> <input type="date" /> <select />
              </td>
            </tr>
          </tbody>
        </table>
      </nav>
      {asked === null ? (
        <FlowPilotAnalyticsPage
          apiBaseUrl={session().api}
          getToken={async () => session().token}
          theme="inherit"
          themeToggle
          onOpenFlow={(flowId) => setAsked(`/flows/${flowId}`)}
          onCreateFlow={(domain) => setAsked(`/flows/new?domain=${domain}`)}
          onOpenTicket={(ticketId) => setAsked(`/tickets/${ticketId}`)}
        />
      ) : (
        <h1>{asked}</h1>
      )}
    </>
  );
}

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(<App />);
