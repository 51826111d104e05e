import type { FaultSpec } from "#simulator/faults/fault";
import type { Random } from "./create-random";

/**
 * Meta's side of the trouble. What keeps a report back is kept well below the servers' settle time: a report that comes
 * later than that while others flow may double a message, and the design says so.
 */
const FAULTS: readonly ((random: Random) => FaultSpec)[] = [
  (random) => ({ kind: "reset_during_request", count: random.between(1, 4) }),
  (random) => ({ kind: "reset_before_accept", count: random.between(1, 4) }),
  (random) => ({ kind: "drop_response_after_accept", count: random.between(1, 4) }),
  (random) => ({ kind: "accept_and_hang", ms: random.between(100, 3_500), count: 2 }),
  // Longer than the servers wait, yet accepted before they could conclude anything from silence.
  (random) => ({ kind: "slow_response", ms: random.between(200, 2_800), count: 2 }),
  (random) => ({ kind: "http_500_html", count: random.between(1, 3) }),
  (random) => ({ kind: "http_502_html", count: random.between(1, 3) }),
  (random) => ({ kind: "http_500_html", after_accept: true, count: random.between(1, 3) }),
  (random) => ({ kind: "http_502_html", after_accept: true, count: random.between(1, 3) }),
  (random) => ({ kind: "graph_error", code: 130429, http_status: 400, count: random.between(2, 6) }),
  // Each time it hits the same message, the pause is four times as long.
  (random) => ({ kind: "graph_error", code: 131056, http_status: 400, count: random.between(1, 2) }),
  (random) => ({ kind: "graph_error", code: 131000, http_status: 500, after_accept: random.next() < 0.5 }),
  (random) => ({ kind: "status_before_response", count: random.between(1, 8) }),
  (random) => ({ kind: "duplicate", about: "any", count: random.between(2, 12) }),
  (random) => ({ kind: "reorder", about: "any", size: random.between(2, 6), ms: 300, count: 3 }),
  (random) => ({ kind: "batch", about: "any", shape: "changes", size: random.between(2, 8), ms: 300 }),
  (random) => ({ kind: "batch", about: "any", shape: "entries", size: random.between(2, 8), ms: 300 }),
  (random) => ({ kind: "batch", about: "any", shape: "merged", size: random.between(2, 8), ms: 300 }),
  (random) => ({ kind: "delay", about: "any", ms: random.between(50, 500), count: random.between(2, 8) }),
  (random) => ({ kind: "ghost_unsupported", about: "messages", count: random.between(1, 5) }),
  (random) => ({ kind: "bad_signature", about: "any", count: random.between(1, 4) }),
];

/** Draws faults of Meta's side, each kind once before any comes again. */
export function drawFault(random: Random): () => FaultSpec {
  const bag = random.bag(FAULTS);
  return () => bag()(random);
}
