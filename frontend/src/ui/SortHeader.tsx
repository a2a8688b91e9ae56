import type { ReactNode } from "react";
import type { Direction, Sort } from "../lib/sort";
import { nextSort } from "../lib/sort";
import { Icon } from "./Icon";

interface SortHeaderProps<Key extends string> {
  column: Key;
  sort: Sort<Key>;
  onSort: (sort: Sort<Key>) => void;
  children: ReactNode;
  /** How the column is read first: text from A, numbers from the top. */
  first?: Direction;
  className?: string;
}

export function SortHeader<Key extends string>({
  column,
  sort,
  onSort,
  children,
  first = "desc",
  className = "",
}: SortHeaderProps<Key>) {
  const active = sort.key === column;
  const order = active ? (sort.direction === "asc" ? "ascending" : "descending") : "none";
  const icon = order === "none" ? "sort" : order === "ascending" ? "up" : "down";
  return (
    <th scope="col" aria-sort={order} className={className}>
      <button type="button" className="fpa-sort" onClick={() => onSort(nextSort(sort, column, first))}>
        {children}
        <Icon name={icon} size={11} />
      </button>
    </th>
  );
}
