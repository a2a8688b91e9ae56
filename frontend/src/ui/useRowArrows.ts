import { type FocusEvent, type KeyboardEvent, useState } from "react";

const rowsOf = (table: Element): HTMLTableRowElement[] => [
  ...table.querySelectorAll<HTMLTableRowElement>("tbody > tr"),
];

const buttonsOf = (row: Element): HTMLElement[] => [...row.querySelectorAll<HTMLElement>("button:not(:disabled)")];

/** In which cell of its row, so that an arrow stays in its column. */
const cellOf = (element: Element): number => (element.closest("td, th") as HTMLTableCellElement | null)?.cellIndex ?? 0;

function inColumn(row: Element, cell: number): HTMLElement | undefined {
  const buttons = buttonsOf(row);
  return buttons.find((button) => cellOf(button) === cell) ?? buttons[0];
}

/**
 * One row of a long table at a time holds the Tab stops: thousands of buttons must not lie between a reader and what
 * comes after the table. Up and Down move to the same column of the next row, Home and End to the ends.
 */
export function useRowArrows(enabled: boolean) {
  const [active, setActive] = useState(0);

  const onFocus = ({ currentTarget, target }: FocusEvent<HTMLTableElement>) => {
    const at = rowsOf(currentTarget).findIndex((row) => row.contains(target));
    const index = Number(rowsOf(currentTarget)[at]?.dataset.index);
    if (at >= 0 && !Number.isNaN(index)) setActive(index);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const rows = rowsOf(event.currentTarget).filter((row) => buttonsOf(row).length > 0);
    const at = rows.findIndex((row) => row.contains(event.target as Node));
    if (at < 0) return;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    const row = next === undefined ? undefined : rows[next];
    if (!row) return;
    event.preventDefault();
    inColumn(row, cellOf(event.target as Element))?.focus();
  };

  return enabled ? { active, handlers: { onFocus, onKeyDown } } : { active: null, handlers: {} };
}
