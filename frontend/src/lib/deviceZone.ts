/** A zone that the API can know: a name, and one that means something. Of a clock without a place browsers say
 * `Etc/Unknown`, which they refuse themselves, or an offset such as `+00:00`. */
export function isNamedZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Where the reader's device says it is; null where it does not know. */
export function deviceZone(): string | null {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isNamedZone(zone) ? zone : null;
}
