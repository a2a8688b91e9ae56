/** Fails when the JavaScript that the first view needs outgrows its budget; charts load later and are not in it. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 120_000;
const FIRST_VIEW = ["index.html", "src/tabs/overview/OverviewTab.tsx"];

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));

/** @param {string} key @param {Set<string>} seen */
function closure(key, seen) {
  const chunk = manifest[key];
  if (!chunk || seen.has(key)) return seen;
  seen.add(key);
  for (const imported of chunk.imports ?? []) closure(imported, seen);
  return seen;
}

const chunks = FIRST_VIEW.reduce((seen, key) => closure(key, seen), new Set());
const files = [...new Set([...chunks].map((key) => manifest[key].file).filter((file) => file.endsWith(".js")))];
const sizes = files.map((file) => ({ file, gzip: gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length }));
const total = sizes.reduce((sum, { gzip }) => sum + gzip, 0);

for (const { file, gzip } of sizes) console.log(`${String(gzip).padStart(8)}  ${file}`);
console.log(`${String(total).padStart(8)}  first view, gzip (budget ${BUDGET})`);

if (!manifest["index.html"]) throw new Error("dist/.vite/manifest.json names no index.html: run vite build first");
if (sizes.some(({ file }) => readFileSync(`dist/${file}`, "utf8").includes("recharts-"))) {
  throw new Error("the first view pulls in the chart code");
}
if (total > BUDGET) throw new Error(`the first view needs ${total} bytes of JavaScript, ${total - BUDGET} over budget`);
