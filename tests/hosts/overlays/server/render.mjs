import { readFileSync, writeFileSync } from "node:fs";
import { renderToString } from "react-dom/server";
import { plainAnalytics } from "./src/PlainAnalytics.mjs";

const markup = renderToString(plainAnalytics({ api: "", token: null }));
writeFileSync("server.html", readFileSync("server.html", "utf8").replace("<!--markup-->", markup));
