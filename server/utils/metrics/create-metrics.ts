import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { Database } from "#db/client";
import type { Clock } from "../clock";
import type { McpSurface } from "../mcp/surface";
import { countGraphCalls } from "./count-graph-calls";
import { countToolCalls } from "./count-tool-calls";
import { countTransactions } from "./count-transactions";
import { createQueueGauges } from "./create-queue-gauges";
import { createQueueReader } from "./create-queue-reader";

// 200, 404 (the signature), 413, 503.
const WEBHOOK_OUTCOMES = ["accepted", "refused", "too_large", "not_stored"] as const;

/** How a delivery of Meta's was answered. */
export type WebhookOutcome = (typeof WEBHOOK_OUTCOMES)[number];

/** What a scrape looks at. */
export interface WatchedParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly sessions: { readonly size: number; readonly streamCount: number };
  readonly exchanges: { readonly streamCount: number };
}

/** What this process has counted, and what waits in the database. No label and no value is anybody's word, name or number. */
export interface Metrics {
  /** The same database, whose transactions are counted. */
  watchDatabase(database: Database): Database;
  /** The same surface, whose tool calls are counted. */
  watchSurface(surface: McpSurface): McpSurface;
  countWebhook(outcome: WebhookOutcome): void;
  /** Says where a scrape finds the rest. */
  watch(parts: WatchedParts): void;
  /** Everything, in the text format of Prometheus. Answers without the database too. */
  scrape(): Promise<MetricsText>;
  /** Ends the counting. */
  close(): void;
}

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** Begins to count, in memory alone. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const webhooks = new Counter({
    name: "wamcp_webhooks_total",
    help: "Webhook deliveries that this process answered: accepted, refused (signature), too_large, not_stored. Its own start counts as one refused",
    labelNames: ["outcome"],
    registers: [registry],
  });
  // From the first scrape on: a rate needs a value to begin with.
  for (const outcome of WEBHOOK_OUTCOMES) webhooks.inc({ outcome }, 0);
  const stopCounting = countGraphCalls(registry);
  let refresh = async (): Promise<void> => {};
  return {
    watchDatabase: (database) => countTransactions(database, registry),
    watchSurface: (surface) => countToolCalls(surface, registry),
    countWebhook: (outcome) => webhooks.inc({ outcome }),
    watch({ database, clock, sessions, exchanges }) {
      const readQueues = createQueueReader({ database, clock });
      const setQueues = createQueueGauges(registry, clock);
      const setHoldings = createHoldingGauges(registry, sessions, exchanges);
      refresh = async () => {
        setQueues(await readQueues());
        setHoldings();
      };
    },
    async scrape() {
      await refresh();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    close: stopCounting,
  };
}

function createHoldingGauges(
  registry: Registry,
  sessions: WatchedParts["sessions"],
  exchanges: WatchedParts["exchanges"],
): () => void {
  const held = new Gauge({
    name: "wamcp_sessions_held",
    help: "Sessions of clients of MCP 2025-11-25 and older that this process holds",
    registers: [registry],
  });
  const streams = new Gauge({
    name: "wamcp_streams_open",
    help: "Streams of notifications that this process has open, by era of MCP",
    labelNames: ["era"],
    registers: [registry],
  });
  return () => {
    held.set(sessions.size);
    streams.set({ era: "legacy" }, sessions.streamCount);
    streams.set({ era: "modern" }, exchanges.streamCount);
  };
}
