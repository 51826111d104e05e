import type { Arrival, Evidence, OutboundRow, Violation } from "./evidence";

/** Ends that say honestly that a message was not sent, or that nobody knows. */
const HONEST = new Set(["unknown", "failed", "expired"]);
const LADDER = ["accepted", "sent", "delivered", "read", "played"];

/** Compares what was asked for with what reached the phones: each send once, or with a reason why not. */
export function findWrongSends(evidence: Evidence): Violation[] {
  const rows = new Map(evidence.outbound.map((row) => [row.id, row]));
  const arrivals = groupById(evidence.arrivals);
  const asked = new Set(evidence.sent.values());
  return [
    ...evidence.torn.map(({ key, ids }) => violation("one key, two messages", key, ids.join(", "))),
    ...[...asked].filter((id) => !rows.has(id)).map((id) => violation("vanished", id, "it has no row")),
    ...evidence.outbound
      .filter(({ id }) => !asked.has(id))
      .map(({ id }) => violation("unasked", id, "no call")),
    ...[...arrivals.keys()]
      .filter((id) => !rows.has(id))
      .map((id) => violation("unasked", id, "it arrived and has no row")),
    ...evidence.outbound.flatMap((row) => judge(row, arrivals.get(row.id) ?? [], evidence.excused)),
  ];
}

function judge(row: OutboundRow, arrivals: readonly Arrival[], excused: ReadonlySet<string>): Violation[] {
  const found: Violation[] = [];
  const add = (rule: string, detail: string): void => void found.push(violation(rule, row.id, detail));
  if (arrivals.length > 1 && !excused.has(row.id)) add("doubled", `it arrived ${arrivals.length} times`);
  if (HONEST.has(row.status)) {
    if (!row.hasReason) add("no reason", `it is ${row.status} and does not say why`);
    // For an unknown one too: by now every report about it was delivered, and a late one still settles it.
    if (arrivals.length > 0) add("untrue", `it is ${row.status} and has arrived`);
    return found;
  }
  const rank = LADDER.indexOf(row.status);
  if (rank === -1) add("stuck", `it is ${row.status}`);
  else if (arrivals.length === 0) add("lost", `it is ${row.status} and never arrived`);
  const highest = Math.max(-1, ...row.statuses.map((status) => LADDER.indexOf(status)));
  if (rank !== highest)
    add("wrong status", `it is ${row.status}, its history says ${LADDER[highest] ?? "nothing"}`);
  const told = Math.max(-1, ...arrivals.map(({ status }) => LADDER.indexOf(status)));
  if (rank !== -1 && rank < told) add("wrong status", `it is ${row.status}, the phone says ${LADDER[told]}`);
  if (row.wamid !== null && arrivals.length > 0 && !arrivals.some(({ wamid }) => wamid === row.wamid)) {
    add("wrong wamid", "no phone knows its wamid");
  }
  return found;
}

function groupById(arrivals: readonly Arrival[]): Map<string, Arrival[]> {
  const groups = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const group = groups.get(arrival.id);
    if (group) group.push(arrival);
    else groups.set(arrival.id, [arrival]);
  }
  return groups;
}

function violation(rule: string, id: string, detail: string): Violation {
  return { rule, id, detail };
}
