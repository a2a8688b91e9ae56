/** Time zones as they are called today. Browsers list some of them under names that are decades old. */

/** Old name: today's. Only those that a browser may list; a link may hold any name that the API knows. */
const RENAMED: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

export const todaysName = (zone: string): string => RENAMED[zone] ?? zone;

/** Not a place: `Etc/GMT-5` is five hours *ahead*, `EST5EDT` and `CET` are of other ages. */
const isPlace = (zone: string): boolean => /^[A-Z][A-Za-z]+\//.test(zone) && !zone.startsWith("Etc/");

/** What is offered: UTC and places, each once, in order. */
export function offeredZones(known: readonly string[]): string[] {
  return ["UTC", ...[...new Set(known.filter(isPlace).map(todaysName))].toSorted()];
}

/** The zone that a typed text means: its name in any case, blanks for underscores; null where there is no such zone. */
export function zoneNamed(text: string, zones: readonly string[]): string | null {
  const plain = (name: string) => name.trim().toLowerCase().replaceAll(" ", "_");
  const wanted = plain(text);
  const whole = zones.find((zone) => plain(zone) === wanted);
  if (whole !== undefined || wanted === "") return whole ?? null;
  const found = zones.filter((zone) => plain(zone).includes(wanted));
  return found.length === 1 ? (found[0] ?? null) : null;
}
