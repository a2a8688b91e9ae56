/** What the pieces of the URL have in common. */
import type { Direction, Sort } from "../lib/sort";

export const oneOf = <T extends string>(allowed: readonly T[], text: string | null): T | null =>
  allowed.find((value) => value === text) ?? null;

export function parseSort<Key extends string>(
  params: URLSearchParams,
  [keyName, directionName]: readonly [string, string],
  columns: readonly Key[],
  fallback: Sort<Key>,
): Sort<Key> {
  const key = oneOf(columns, params.get(keyName));
  if (key === null) return fallback;
  return { key, direction: oneOf<Direction>(["asc", "desc"], params.get(directionName)) ?? "desc" };
}

export function writeSort<Key extends string>(
  params: URLSearchParams,
  [keyName, directionName]: readonly [string, string],
  sort: Sort<Key>,
  fallback: Sort<Key>,
): void {
  if (sort.key === fallback.key && sort.direction === fallback.direction) return;
  params.set(keyName, sort.key);
  if (sort.direction === "asc") params.set(directionName, "asc");
}
