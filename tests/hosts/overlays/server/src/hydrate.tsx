import "@flowpilot/analytics-page/style.css";
import { hydrateRoot } from "react-dom/client";
// @ts-expect-error: shared with Node.js, which reads no types
import { plainAnalytics } from "./PlainAnalytics.mjs";
import { session, signIn } from "./session";

signIn();
const root = document.getElementById("root");
if (!root) throw new Error("server.html has no #root");
hydrateRoot(root, plainAnalytics(session()), {
  onRecoverableError: (error) => console.error("hydration", error),
});
