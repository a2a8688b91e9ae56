import { describe, expect, test } from "vitest";
import { offeredZones, zoneNamed } from "../src/lib/zones";

const ZONES = offeredZones([
  "Europe/Kiev",
  "Asia/Calcutta",
  "Asia/Kolkata",
  "Etc/GMT-5",
  "EST5EDT",
  "CET",
  "UTC",
  "GMT",
  "America/New_York",
  "America/Indiana/Knox",
]);

test("the zones offered are places under their names of today, and UTC", () => {
  expect(ZONES).toEqual(["UTC", "America/Indiana/Knox", "America/New_York", "Asia/Kolkata", "Europe/Kyiv"]);
});

test("none that this runtime lists is offered under an old name", () => {
  const offered = offeredZones(Intl.supportedValuesOf("timeZone"));
  for (const old of [
    "Asia/Calcutta",
    "Asia/Katmandu",
    "Asia/Saigon",
    "Asia/Rangoon",
    "Europe/Kiev",
    "Atlantic/Faeroe",
  ]) {
    expect(offered).not.toContain(old);
  }
  expect(offered).toContain("Asia/Kathmandu");
  expect(offered).toContain("Europe/Kyiv");
});

describe("what is typed", () => {
  test.each([
    ["Europe/Kyiv", "Europe/Kyiv"],
    ["europe/kyiv", "Europe/Kyiv"],
    ["new york", "America/New_York"],
    ["kolk", "Asia/Kolkata"],
    ["america", null],
    ["atlantis", null],
    ["", null],
  ])("%j means %s", (text, zone) => {
    expect(zoneNamed(text, ZONES)).toBe(zone);
  });
});
