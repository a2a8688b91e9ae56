import postcss from "postcss";
import { expect, test } from "vitest";
import { scopeCss } from "../scripts/scope-css.mjs";

const scoped = (css: string): string => postcss([scopeCss()]).process(css, { from: undefined }).css;

test.each([
  [".flex{}", ".fpa-root .flex{}"],
  [":root,:host{}", ".fpa-root{}"],
  ["*,::before{}", ".fpa-root *,.fpa-root *::before{}"],
  [".fpa-root .a,.b{}", ".fpa-root .a,.fpa-root .b{}"],
  ["@media print{.a{}}", "@media print{.fpa-root .a{}}"],
  ["@keyframes x{50%{}}", "@keyframes x{50%{}}"],
  [".a{&:hover{}}", ".fpa-root .a{&:hover{}}"],
  ["@layer properties{.a{}}", "@layer fpa-properties{.fpa-root .a{}}"],
  ["@property --tw-x{}", "@property --fpa-tw-x{}"],
  [".a{--tw-x:1;b:var(--tw-x)}", ".fpa-root .a{--fpa-tw-x:1;b:var(--fpa-tw-x)}"],
])("%s stays inside the page as %s", (css, expected) => {
  expect(scoped(css)).toBe(expected);
});
