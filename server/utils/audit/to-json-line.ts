import type { AuditRow } from "./store";

/** A row as one line of JSON with the names of the table's columns; times in ISO 8601, what is not set is null. */
export function toJsonLine(row: AuditRow): string {
  const columns = Object.entries(row).map(([name, value]) => [
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return `${JSON.stringify(Object.fromEntries(columns))}\n`;
}
