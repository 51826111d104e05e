import { Gauge, type Registry } from "prom-client";
import type { Clock } from "../clock";
import type { QueueReading } from "./create-queue-reader";
import type { QueueState } from "./queue-state";

// Whoever reads it must not add up what is the same everywhere.
const SHARED = "The same from every process of one database";

/**
 * Gauges of what waits in the database. Without a reading they are left out, because the last one would pass for the truth.
 *
 * @returns sets them to a reading
 */
export function createQueueGauges(registry: Registry, clock: Clock): (reading: QueueReading) => void {
  const define = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const up = define(
    "wamcp_database_up",
    "1 when the database told this process what waits, within 2 s; else 0",
  );
  const asked = define(
    "wamcp_database_answer_seconds",
    "How long that took this process, with the wait for a connection",
  );
  const counts = {
    messages: define("wamcp_messages", `Messages that have not left, by state. ${SHARED}`, ["state"]),
    inbox: define("wamcp_inbox_bodies", `Webhook bodies that wait, or are dead letters. ${SHARED}`, [
      "state",
    ]),
    numbers: define("wamcp_numbers", `Numbers by state. ${SHARED}`, ["state"]),
  };
  const dueEvents = define("wamcp_outbox_due_events", `Events that wait to be handed to Inngest. ${SHARED}`);
  const ages = {
    oldestDueAt: define("wamcp_messages_late_seconds", `For how long a message is late, at most. ${SHARED}`),
    oldestBodyAt: define(
      "wamcp_inbox_oldest_seconds",
      `Age of the oldest webhook body that waits. ${SHARED}`,
    ),
    relayWaitingSince: define("wamcp_relay_lag_seconds", `For how long Inngest was not told. ${SHARED}`),
  };
  return ({ state, durationMs }) => {
    up.set(state ? 1 : 0);
    asked.set(durationMs / 1000);
    if (!state) {
      // Not `reset`: that says 0.
      for (const gauge of Object.values(counts)) gauge.reset();
      for (const gauge of [dueEvents, ...Object.values(ages)]) gauge.remove();
      return;
    }
    for (const [name, gauge] of entriesOf(counts)) setAll(gauge, state[name]);
    dueEvents.set(state.dueEvents);
    for (const [name, gauge] of entriesOf(ages)) gauge.set(readAgeSeconds(state[name], clock));
  };
}

function setAll(gauge: Gauge<"state">, counts: Readonly<Record<string, number>>): void {
  for (const [state, count] of Object.entries(counts)) gauge.set({ state }, count);
}

function readAgeSeconds(since: Date | undefined, clock: Clock): number {
  return since ? Math.max(0, clock.now().getTime() - since.getTime()) / 1000 : 0;
}

function entriesOf<T extends Partial<Record<keyof QueueState, unknown>>>(of: T) {
  return Object.entries(of) as [keyof T, T[keyof T]][];
}
