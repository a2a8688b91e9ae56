import postcss from "postcss";
import { expect, test } from "vitest";
import { ROOT, scopeCss } from "../scripts/scope-css.mjs";

const scoped = (css: string): string => postcss([scopeCss()]).process(css, { from: undefined }).css;

test.each([
  [".flex{}", "ROOT .flex{}"],
  [":root,:host{}", "ROOT{}"],
  ["*,::before{}", "ROOT *,ROOT *::before{}"],
  [".fpa-root .a,.b{}", "ROOT .a,ROOT .b{}"],
  [".fpa-root[data-theme=dark]{}", "ROOT[data-theme=dark]{}"],
  ["@media print{.a{}}", "@media print{ROOT .a{}}"],
  ["@media (width >= 40rem){.a{}}", "@media (width >= 40rem){ROOT .a{}}"],
  ["@keyframes x{50%{}}", "@keyframes x{50%{}}"],
  [".a{&:hover{}}", "ROOT .a{&:hover{}}"],
  ["@layer properties{.a{}}", "@layer fpa-properties{ROOT .a{}}"],
  ["@property --tw-x{}", "@property --fpa-tw-x{}"],
  [".a{--tw-x:1;b:var(--tw-x)}", "ROOT .a{--fpa-tw-x:1;b:var(--fpa-tw-x)}"],
  [".a{b:-.5rem 2rem}", "ROOT .a{b:calc(-.5 * var(--fpa-rem)) calc(2 * var(--fpa-rem))}"],
])("%s stays inside the page as %s", (css, expected) => {
  expect(scoped(css)).toBe(expected.replaceAll("ROOT", ROOT));
});
