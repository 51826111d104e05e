import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { INSTANCE_LOCK_CLASS } from "./release-dead-leases";

const RETRY_MS = 250;

/**
 * Hold the session lock of this instance on a connection of its own, which is opened again whenever it breaks.
 *
 * @returns a function that lets go
 */
export async function holdInstance(url: string, instance: number): Promise<() => Promise<void>> {
  let closed = false;
  let holding = false;
  const options = {
    max: 1,
    connect_timeout: 5,
    idle_timeout: 0,
    max_lifetime: 0,
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 0.5),
    connection: { application_name: `local-inngest ${instance}` },
    onclose: () => {
      if (!closed) void hold();
    },
  };
  const connection = postgres(url, options);
  // A failed connection attempt is announced as a close too, so only one of these may be at work.
  async function hold(): Promise<void> {
    if (holding || closed) return;
    holding = true;
    const held =
      await connection`select pg_advisory_lock(${INSTANCE_LOCK_CLASS}::int, ${instance}::int)`.then(
        () => true,
        () => delay(RETRY_MS, false),
      );
    holding = false;
    if (!held) await hold();
  }
  await hold();
  return async () => {
    closed = true;
    await connection.end({ timeout: 1 });
  };
}
