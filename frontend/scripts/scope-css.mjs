/**
 * A PostCSS plugin that keeps every rule of ours inside the page's root element, so that mounting the component in
 * another application changes nothing outside it: selectors get the root class in front, Tailwind's `:root` variables
 * move onto it, and its internal custom properties are renamed, since `@property` and variables are global.
 */
export const ROOT = ".fpa-root";

const HOST_ELEMENTS = new Set([":root", ":host", "html", "body"]);

/** @param {string} selector */
function scoped(selector) {
  if (selector.startsWith(ROOT) || selector.startsWith(`:where(${ROOT})`)) return selector;
  if (HOST_ELEMENTS.has(selector)) return ROOT;
  if (/^(\*|::?(before|after|backdrop|file-selector-button))/.test(selector)) {
    return selector.startsWith("*") ? `${ROOT} ${selector}` : `${ROOT} *${selector}`;
  }
  return `${ROOT} ${selector}`;
}

/** @param {string} text */
const renamed = (text) => text.replaceAll("--tw-", "--fpa-tw-");

/** @returns {import("postcss").Plugin} */
export function scopeCss() {
  return {
    postcssPlugin: "scope-css",
    OnceExit(root) {
      // The document's own few rules, when the page stands alone.
      if (root.source?.input.file?.endsWith("/standalone/page.css")) return;
      root.walkRules((rule) => {
        const parent = rule.parent;
        if (parent?.type === "rule") return;
        if (parent?.type === "atrule" && "name" in parent && /keyframes$/.test(String(parent.name))) return;
        rule.selectors = [...new Set(rule.selectors.map(scoped))];
      });
      root.walkDecls((declaration) => {
        declaration.prop = renamed(declaration.prop);
        declaration.value = renamed(declaration.value);
      });
      root.walkAtRules((rule) => {
        // A layer's place in the cascade is global: the host may order one of the same name.
        rule.params =
          rule.name === "layer" ? rule.params.replace(/^properties\b/, "fpa-properties") : renamed(rule.params);
      });
    },
  };
}
