import { Counter, Histogram, type Registry } from "prom-client";
import { graphCalls } from "../meta/graph-calls";

// A send has 30 s (SEND_TIMEOUT_MS).
const BUCKETS_S = [0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30];

/**
 * Counts what this process asks of the Graph API.
 *
 * @returns a function that ends it
 */
export function countGraphCalls(registry: Registry): () => void {
  const counter = new Counter({
    name: "wamcp_graph_calls_total",
    help: "Calls of this process to Meta's Graph API, by operation and outcome",
    labelNames: ["operation", "outcome"],
    registers: [registry],
  });
  const durations = new Histogram({
    name: "wamcp_graph_call_duration_seconds",
    help: "How long Meta's Graph API took to answer this process, or until it was given up",
    labelNames: ["operation"],
    buckets: BUCKETS_S,
    registers: [registry],
  });
  return graphCalls.subscribe(({ operation, outcome, durationMs }) => {
    counter.inc({ operation, outcome });
    durations.observe({ operation }, durationMs / 1000);
  });
}
