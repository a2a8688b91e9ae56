/** Fails when the built component would change anything outside itself: every rule must begin at its root element. */
import { existsSync, readFileSync } from "node:fs";
import postcss from "postcss";
import { ROOT } from "./scope-css.mjs";

const css = postcss.parse(readFileSync("dist-lib/style.css", "utf8"));
/** @type {string[]} */
const leaks = [];
css.walkRules((rule) => {
  /** @type {import("postcss").Node | undefined} */
  let parent = rule.parent;
  for (; parent; parent = parent.parent) {
    if (parent.type === "rule" || (parent.type === "atrule" && "name" in parent && parent.name === "keyframes")) return;
  }
  leaks.push(...rule.selectors.filter((selector) => !/^(:where\()?\.fpa-root/.test(selector)));
});
css.walkAtRules((rule) => {
  if (/^(property|keyframes|layer)$/.test(rule.name) && !/^(--)?fpa-/.test(rule.params))
    leaks.push(`@${rule.name} ${rule.params}`);
  if (/^(font-face|import)$/.test(rule.name)) leaks.push(`@${rule.name} ${rule.params}`);
});

if (leaks.length > 0) throw new Error(`rules outside ${ROOT}: ${leaks.join(", ")}`);
if (!existsSync("dist-lib/types/index.d.ts")) throw new Error("dist-lib/types/index.d.ts is missing");
const entry = readFileSync("dist-lib/index.js", "utf8");
if (!/from\s*["']react["']/.test(entry)) throw new Error("the library must use the host's React");
console.log("the library's styles stay inside its root element");
