import { expect } from "vitest";
import { AppError } from "#server/utils/errors";
import type { TestContext } from "#tests/helpers/server/create-test-context";

/** A row of the audit log without what differs from run to run. */
export interface ObservedRow {
  readonly actor: string;
  readonly action: string;
  readonly outcome: string;
  readonly error_code: string | null;
  readonly client_id: string | null;
  readonly api_key_id: string | null;
  readonly phone_number_id: string | null;
  readonly conversation_id: string | null;
  readonly message_id: string | null;
  readonly detail: Record<string, unknown> | null;
}

/** How an action ended, and the one row that it left. */
export interface Observed<T> {
  readonly result: T;
  readonly row: ObservedRow;
}

/** Carries out an action that must succeed, and leave exactly one row of the record that says so. */
export async function observe<T>(
  ctx: TestContext,
  action: string,
  work: () => Promise<T>,
): Promise<Observed<T>> {
  await ctx.sql`truncate audit_log`;
  const result = await work();
  const row = await readOnlyRow(ctx);
  expect(row).toMatchObject({ actor: "admin", action, outcome: "ok", error_code: null });
  return { result, row };
}

/** Carries out an action that must be refused, and leave exactly one row of the record that says so. */
export async function observeRefusal(
  ctx: TestContext,
  action: string,
  work: () => Promise<unknown>,
): Promise<{ error: AppError; row: ObservedRow }> {
  await ctx.sql`truncate audit_log`;
  const error = await work().then(
    () => new Error("was accepted"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw error;
  const row = await readOnlyRow(ctx);
  expect(row).toMatchObject({ actor: "admin", action, outcome: "refused", error_code: error.code });
  return { error, row };
}

async function readOnlyRow(ctx: TestContext): Promise<ObservedRow> {
  const rows = await ctx.sql<ObservedRow[]>`select * from audit_log`;
  expect(rows).toHaveLength(1);
  return rows[0] as ObservedRow;
}
