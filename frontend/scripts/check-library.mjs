/** Runs the built library, and fails when it would bring, ask for or change anything it should not. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import postcss from "postcss";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { parseAst } from "vite";
import { ROOT } from "./scope-css.mjs";

const FOLDER = new URL("../dist-lib/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const INSTALLED = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
/** What React 18 has not; the list is of what a component could use. */
const NOT_IN_REACT_18 = ["use", "useActionState", "useEffectEvent", "useOptimistic", "Activity", "ViewTransition"];

const files = readdirSync(FOLDER);
const scripts = files.filter((file) => file.endsWith(".js"));
/** @param {string} file */
const read = (file) => readFileSync(new URL(file, FOLDER), "utf8");

/** @type {string[]} */
const faults = [];
for (const file of ["index.js", "style.css", "types/index.d.ts"]) {
  if (!existsSync(new URL(file, FOLDER))) faults.push(`${file} is missing`);
}
for (const file of scripts) faults.push(...importFaults(file, read(file)));
faults.push(...styleFaults(read("style.css")));
faults.push(...(await runFaults()));
if (faults.length > 0) throw new Error(`dist-lib:\n${faults.join("\n")}`);
console.log(`the library runs, asks for ${INSTALLED.join(", ")} alone, and its styles stay inside`);

/** @param {string} file @param {string} code */
function importFaults(file, code) {
  const found = [];
  for (const statement of parseAst(code).body) {
    if (statement.type !== "ImportDeclaration") continue;
    const from = String(statement.source.value);
    if (from.startsWith("./")) continue;
    if (!INSTALLED.some((name) => from === name || from.startsWith(`${name}/`)))
      found.push(`${file} imports ${from}, which package.json does not name`);
    for (const specifier of statement.specifiers) {
      if (specifier.type !== "ImportSpecifier" || specifier.imported.type !== "Identifier") continue;
      const { name } = specifier.imported;
      if (from === "react" && NOT_IN_REACT_18.includes(name))
        found.push(`${file} uses ${name}, which React 18 has not`);
    }
  }
  return found;
}

/** Every rule must begin at the root element. @param {string} text */
function styleFaults(text) {
  const css = postcss.parse(text);
  /** @type {string[]} */
  const found = [];
  css.walkRules((rule) => {
    /** @type {import("postcss").Node | undefined} */
    let parent = rule.parent;
    for (; parent; parent = parent.parent) {
      if (parent.type === "rule" || (parent.type === "atrule" && "name" in parent && parent.name === "keyframes"))
        return;
    }
    found.push(
      ...rule.selectors.filter((selector) => !selector.startsWith(ROOT)).map((rule) => `${rule} lies outside`),
    );
  });
  css.walkAtRules(({ name, params }) => {
    const isGlobal = /^(property|keyframes|layer)$/.test(name) && !/^(--)?fpa-/.test(params);
    if (isGlobal || /^(font-face|import)$/.test(name)) found.push(`@${name} ${params} lies outside`);
  });
  return found;
}

/** Each file evaluates, and a server renders the shape of the page. */
async function runFaults() {
  const found = [];
  for (const file of scripts) {
    await import(new URL(file, FOLDER).href).catch((error) => found.push(`${file} does not run: ${error}`));
  }
  const { FlowPilotAnalyticsPage } = await import(new URL("index.js", FOLDER).href);
  const nothing = () => {};
  const props = { apiBaseUrl: "", getToken: () => null, onOpenFlow: nothing, onCreateFlow: nothing };
  const html = renderToString(createElement(FlowPilotAnalyticsPage, props));
  if (!html.includes("Loading…")) found.push(`a server renders no skeleton but ${html}`);
  return found;
}
