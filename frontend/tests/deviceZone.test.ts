import { expect, test } from "vitest";
import { isNamedZone } from "../src/lib/deviceZone";

test.each([
  ["Europe/Berlin", true],
  ["UTC", true],
  ["Etc/GMT+5", true],
  ["Etc/Unknown", false],
  ["+00:00", false],
  ["+05:30", false],
])("%s is a zone that the API can know: %s", (zone, expected) => {
  expect(isNamedZone(zone)).toBe(expected);
});
