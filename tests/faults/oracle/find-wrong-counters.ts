import type { Evidence, Violation } from "./evidence";

/** Compares what is counted with what there is. */
export function findWrongCounters(evidence: Evidence): Violation[] {
  const { conversations, outbound, people, repeats, mustBeZero } = evidence;
  const found: Violation[] = [];
  const add = (rule: string, id: string, detail: string): void => void found.push({ rule, id, detail });
  if (conversations.length !== people) {
    add("conversations", "all", `${conversations.length} conversations with ${people} people`);
  }
  let gaps = 0;
  for (const { id, lastPosition, deferredWakes } of conversations) {
    const positions = outbound.filter((row) => row.conversationId === id).map((row) => row.position);
    if (new Set(positions).size < positions.length) add("positions", id, "a position was given twice");
    if (Math.max(0, ...positions) > lastPosition) add("positions", id, "a position is higher than the last");
    if (deferredWakes !== 0) add("deferred wakes", id, `${deferredWakes} left`);
    gaps += lastPosition - positions.length;
  }
  // Of two calls with one key at the same moment, the second takes a position and then finds the first one's message.
  if (gaps > repeats) add("positions", "all", `${gaps} were not used, ${repeats} calls were repeated`);
  for (const [name, count] of Object.entries(mustBeZero)) {
    if (count !== 0) add(name, "all", `${count} are left`);
  }
  return found;
}
