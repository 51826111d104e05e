/** Makes room for one more entry: those that were put in first go. */
export function dropOldest(entries: Map<string, unknown>, limit: number): void {
  for (const key of entries.keys()) {
    if (entries.size < limit) return;
    entries.delete(key);
  }
}
