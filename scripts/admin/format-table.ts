import Table from "cli-table3";
import { formatTime } from "./format-time";
import { printable } from "#server/utils/printable";

type Cell = string | number | boolean | Date | null | undefined;

// Columns alone: lines between them would only be in the way of whoever pipes them on.
const NO_LINES = Object.fromEntries(
  ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"]
    .concat(["left", "left-mid", "mid", "mid-mid", "right", "right-mid"])
    .map((name) => [name, ""]),
);

/** A table for people; `-` stands for what there is not. */
export function formatTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const table = new Table({
    head: head.map((name) => name.toUpperCase()),
    chars: { ...NO_LINES, middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) table.push(row.map(formatCell));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function formatCell(cell: Cell): string {
  if (cell === null || cell === undefined || cell === "") return "-";
  if (cell instanceof Date) return formatTime(cell);
  return typeof cell === "boolean" ? (cell ? "yes" : "no") : printable(String(cell));
}
