import "@fontsource-variable/inter/wght.css";
import "./page.css";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { takeToken } from "./token";

takeToken();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(<App />);
