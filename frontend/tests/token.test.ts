import { expect, test } from "vitest";
import { readFragment, replacesAnother } from "../src/standalone/token";

test.each([
  ["#token=abc.def-g_h", "abc.def-g_h", ""],
  ["#token=abc&view=1", "abc", "#view=1"],
  ["#view=1", null, "#view=1"],
  ["", null, ""],
  ["#", null, "#"],
])("the fragment %s holds %s and leaves %s", (hash, token, rest) => {
  expect(readFragment(hash)).toEqual({ token, rest });
});

const NOW = Date.parse("2026-03-18T09:00:00Z");
const session = (sub: string, secondsLeft: number): string =>
  `header.${Buffer.from(JSON.stringify({ sub, exp: NOW / 1000 + secondsLeft })).toString("base64url")}.signature`;

test.each([
  ["another user's session that is alive", session("ann", 60), session("eve", 60), true],
  ["a session beside what is no token", session("ann", 60), "no token", true],
  ["the same user's session", session("ann", 60), session("ann", 600), false],
  ["a session that has ended", session("ann", -60), session("eve", 60), false],
  ["what is no token", "no token", session("eve", 60), false],
  ["nothing", null, session("eve", 60), false],
])("a link that would replace %s", (_, stored, token, asks) => {
  expect(replacesAnother(stored, token, NOW)).toBe(asks);
});
