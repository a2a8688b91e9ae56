/** Rows as the API writes CSV: UTF-8 with BOM, RFC 4180, raw numbers, harmless in a spreadsheet. */

type Cell = string | number | boolean | null;
/** A row of an answer; one level of nesting flattens: `success_interval` becomes `success_interval_low` and `_high`. */
export type Row = object;

const BOM = "\ufeff";
/** What a spreadsheet would run, or split off and run: `analytics_api/questions/csv_export.py` says why. */
const FORMULA = /(?:^|;)(?:[\t\r\n]|[\s\p{C}\p{M}\p{Z}\u115f\u1160\u2800\u3164\uffa0]*[=+\-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−])/u;

function cell(value: Cell): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function flat(row: Row): Map<string, Cell> {
  return new Map(
    Object.entries(row).flatMap(([name, value]): [string, Cell][] => {
      if (Array.isArray(value)) return [[name, value.join(" ")]];
      return typeof value === "object" && value !== null
        ? Object.entries(value as Record<string, Cell>).map(([part, inner]) => [`${name}_${part}`, inner])
        : [[name, value as Cell]];
    }),
  );
}

/** A table of a file: the first has no title, so that the file reads as that table alone where nothing follows. */
export interface Section {
  title?: string;
  columns: readonly string[];
  rows: readonly Row[];
  /** The row of the previous period that stands beside a row; given: numbers get a `previous_` column each. */
  before?: ((row: Row, index: number) => Row | undefined) | undefined;
}

const BEFORE = "previous_";

function lines({ title, columns, rows, before }: Section): Cell[][] {
  const values = rows.map(flat);
  const earlier = before ? rows.map((row, index) => flat(before(row, index) ?? {})) : [];
  const numbers = before ? columns.filter((column) => values.some((row) => typeof row.get(column) === "number")) : [];
  return [
    ...(title === undefined ? [] : [[], [title]]),
    [...columns, ...numbers.map((column) => `${BEFORE}${column}`)],
    ...values.map((row, index) => [
      ...columns.map((column) => row.get(column) ?? null),
      ...numbers.map((column) => earlier[index]?.get(column) ?? null),
    ]),
  ];
}

/** Tables one under the other, as they stand on the page. */
export function csvOf(...sections: readonly (Section | null)[]): string {
  const all = sections.filter((section) => section !== null).flatMap(lines);
  return BOM + all.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

/** One line per row; the columns are named, so that a table without rows is its header. */
export const tableCsv = (columns: readonly string[], rows: readonly Row[]): string => csvOf({ columns, rows });

/** `metric` and `value`: the numbers of an answer, without its lists; with a previous answer, its values beside them. */
export function metricsOf(numbers: Row, previous?: Row | undefined): Section {
  const single = (row: Row) =>
    flat(
      Object.fromEntries(
        Object.entries(row)
          .filter(([, value]) => !Array.isArray(value))
          .map(withoutLists),
      ),
    );
  const before = previous && single(previous);
  return {
    columns: before ? ["metric", "value", "previous"] : ["metric", "value"],
    rows: [...single(numbers)].map(([metric, value]) => ({ metric, value, previous: before?.get(metric) ?? null })),
  };
}

function withoutLists([name, value]: [string, unknown]): [string, unknown] {
  if (typeof value !== "object" || value === null) return [name, value];
  return [name, Object.fromEntries(Object.entries(value).filter(([, inner]) => !Array.isArray(inner)))];
}
