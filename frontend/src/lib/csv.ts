/** Rows as the API writes CSV: UTF-8 with BOM, RFC 4180, raw numbers, harmless in a spreadsheet. */

type Cell = string | number | boolean | null;
/** A row of an answer; one level of nesting flattens: `success_interval` becomes `success_interval_low` and `_high`. */
export type Row = object;

const BOM = "\ufeff";
/** A spreadsheet runs a cell that begins like a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: Cell): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function flat(row: Row): Map<string, Cell> {
  return new Map(
    Object.entries(row).flatMap(([name, value]): [string, Cell][] =>
      typeof value === "object" && value !== null
        ? Object.entries(value as Record<string, Cell>).map(([part, inner]) => [`${name}_${part}`, inner])
        : [[name, value as Cell]],
    ),
  );
}

const text = (lines: readonly (readonly Cell[])[]): string =>
  BOM + lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");

/** One line per row; the columns are named, so that a table without rows is its header. */
export function tableCsv(columns: readonly string[], rows: readonly Row[]): string {
  const values = rows.map(flat);
  return text([columns, ...values.map((row) => columns.map((column) => row.get(column) ?? null))]);
}

/** Two columns, `metric` and `value`: the numbers of an answer, without its lists. */
export function metricsCsv(numbers: Row): string {
  const single = Object.fromEntries(Object.entries(numbers).filter(([, value]) => !Array.isArray(value)));
  return text([["metric", "value"], ...flat(single)]);
}
