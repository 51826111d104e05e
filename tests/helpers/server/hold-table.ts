import { expect } from "vitest";
import { eventually } from "#tests/helpers/eventually";
import type { TestContext } from "./create-test-context";

/** A table that nobody else can read or write. */
export interface HeldTable {
  /** Resolves when so many others wait for the table. */
  waitForWaiters(count?: number): Promise<void>;
  /** Ends the connections that wait, as a database that shuts down does. */
  endWaiters(): Promise<void>;
  release(): Promise<void>;
}

/** Locks a table, so that work under way stands still in the middle. */
export async function holdTable({ sql }: TestContext, table: string): Promise<HeldTable> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let transaction: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    transaction = sql.begin(async (tx) => {
      await tx.unsafe(`lock table ${table} in access exclusive mode`);
      resolve();
      await released;
    });
    transaction.catch(reject);
  });
  // All databases of the tests are copies of one, so a table has the same number in each.
  const waiters = () => sql<{ pid: number }[]>`
    select distinct pid from pg_locks where relation = ${table}::regclass and not granted
      and database = (select oid from pg_database where datname = current_database())`;
  return {
    waitForWaiters: (count = 1) =>
      eventually(async () => expect((await waiters()).length).toBeGreaterThanOrEqual(count)),
    async endWaiters() {
      for (const { pid } of await waiters()) await sql`select pg_terminate_backend(${pid})`;
    },
    async release() {
      release();
      await transaction;
    },
  };
}
