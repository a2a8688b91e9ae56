/**
 * A PostCSS plugin that keeps the page and the application around it apart. Nothing leaves: selectors begin at the
 * page's root element, Tailwind's `:root` variables move onto it, and its internal custom properties are renamed, since
 * `@property` and variables are global. Nothing comes in: our selectors weigh more than those of the host that name
 * elements, even by way of an id, and lengths do not hang on the font size of the host's `html`.
 */
const NAME = ".fpa-root";
/** Weighs as much as two ids; the second name is nobody's. */
export const ROOT = `:is(${NAME},#fpa-weight#fpa-weight)`;

const HOST_ELEMENTS = new Set([":root", ":host", "html", "body"]);

/** @param {string} selector */
function scoped(selector) {
  if (selector.startsWith(ROOT)) return selector;
  if (selector.startsWith(NAME)) return ROOT + selector.slice(NAME.length);
  if (HOST_ELEMENTS.has(selector)) return ROOT;
  if (/^(\*|::?(before|after|backdrop|file-selector-button))/.test(selector)) {
    return selector.startsWith("*") ? `${ROOT} ${selector}` : `${ROOT} *${selector}`;
  }
  return `${ROOT} ${selector}`;
}

/** @param {string} text */
const renamed = (text) => text.replaceAll("--tw-", "--fpa-tw-");

/** A `rem` is the host's to choose; ours is the size that the reader chose. @param {string} text */
const independent = (text) => text.replace(/(-?(?:\d*\.)?\d+)rem\b/g, "calc($1 * var(--fpa-rem))");

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
        declaration.value = independent(renamed(declaration.value));
      });
      root.walkAtRules((rule) => {
        // A layer's place in the cascade is global: the host may order one of the same name.
        rule.params =
          rule.name === "layer" ? rule.params.replace(/^properties\b/, "fpa-properties") : renamed(rule.params);
      });
    },
  };
}
