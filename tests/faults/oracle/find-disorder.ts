import type { Evidence, OutboundRow, Violation } from "./evidence";

/**
 * Compares the order on the phones with the order of positions, per conversation.
 *
 * The exact rule: when a message is claimed, everything before it in its conversation is either over or uncertain.
 * Nothing is claimed while an earlier message is being sent or waits for its next attempt after a safe failure. Only an
 * uncertain message does not hold up the next (design, section 5): its own arrival may come late, because Meta was slow
 * or because silence had it sent again. So of two messages that arrived, the earlier arrives first for the first time
 * before the later arrives at all, unless the earlier one was ever uncertain. Whether the later one was uncertain, or
 * either was retried after a safe failure, makes no difference.
 */
export function findDisorder({ outbound, arrivals }: Evidence): Violation[] {
  const first = new Map<string, number>();
  for (const { id, seq } of arrivals) first.set(id, Math.min(seq, first.get(id) ?? Infinity));
  const found: Violation[] = [];
  for (const conversation of groupByConversation(outbound)) {
    // The last so far, by arrival, of those that may not be overtaken.
    let last: { readonly id: string; readonly seq: number } | undefined;
    for (const row of conversation.toSorted((a, b) => a.position - b.position)) {
      const seq = first.get(row.id);
      if (seq === undefined) continue;
      if (last && seq < last.seq) {
        found.push({ rule: "misordered", id: row.id, detail: `it arrived before ${last.id}` });
      }
      if (!row.wasUncertain && (!last || seq > last.seq)) last = { id: row.id, seq };
    }
  }
  return found;
}

function groupByConversation(rows: readonly OutboundRow[]): OutboundRow[][] {
  const groups = new Map<string, OutboundRow[]>();
  for (const row of rows) {
    const group = groups.get(row.conversationId);
    if (group) group.push(row);
    else groups.set(row.conversationId, [row]);
  }
  return [...groups.values()];
}
