import { expect, test } from "vitest";
import { readFragment } from "../src/standalone/token";

test.each([
  ["#token=abc.def-g_h", "abc.def-g_h", ""],
  ["#token=abc&view=1", "abc", "#view=1"],
  ["#view=1", null, "#view=1"],
  ["", null, ""],
  ["#", null, "#"],
])("the fragment %s holds %s and leaves %s", (hash, token, rest) => {
  expect(readFragment(hash)).toEqual({ token, rest });
});
