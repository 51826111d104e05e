import type { Evidence, InboundRow, Violation } from "./evidence";

/**
 * Compares what people wrote with what is stored: each message once, by Meta's id. Where a ghost ("unsupported", code
 * 131060) came first with the same id, the real message must have taken its place.
 */
export function findWrongReceipts({ received, inbound }: Evidence): Violation[] {
  const rows = new Map<string, InboundRow[]>();
  for (const row of inbound) rows.set(row.wamid, [...(rows.get(row.wamid) ?? []), row]);
  const found: Violation[] = [];
  for (const [wamid, text] of received) {
    const [row, ...more] = rows.get(wamid) ?? [];
    if (!row) found.push({ rule: "not received", id: wamid, detail: `"${text}" is not stored` });
    else if (row.text !== text) {
      found.push({ rule: "wrong content", id: row.id, detail: `it is ${row.type}, "${text}" was written` });
    }
    if (more.length > 0) found.push({ rule: "received twice", id: wamid, detail: `${more.length + 1} rows` });
  }
  for (const { id, wamid } of inbound) {
    if (!received.has(wamid)) found.push({ rule: "unwritten", id, detail: "nobody wrote it" });
  }
  return found;
}
