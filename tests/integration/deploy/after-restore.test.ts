import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wakeStuckMessages } from "#server/utils/messaging/sending/wake-stuck-messages";
import { settleUncertain } from "#server/utils/messaging/sending/settle-uncertain";
import { sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { seedTenants } from "#tests/helpers/server/seed-tenants";

const SCRIPT = fileURLToPath(new URL("../../../deploy/backup/after-restore.sql", import.meta.url));
const HOUR_MS = 3_600_000;

let ctx: TestContext;

beforeAll(async () => {
  // An hour after the restore, whose time is the database's.
  ctx = await createTestContext({ clock: { now: () => new Date(Date.now() + HOUR_MS) } });
});

afterAll(() => ctx.close());

describe("after a restore", () => {
  it("what was queued is not sent, though Meta's silence would allow it, and ends as unknown", async () => {
    const { ann, numbers } = await seedTenants(ctx);
    await sendAs(ctx, ann, {
      to: "+16505550001",
      body: "hello",
      phone_number_id: numbers.ann.waPhoneNumberId,
    });
    const script = await readFile(SCRIPT, "utf8");
    await ctx.sql.begin((tx) => tx.unsafe(script));
    // Proof, at any other time, that Meta never took it: other things came in since.
    await ctx.sql`update phone_numbers set last_webhook_at = now() + interval '10 minutes'`;

    // Its wake-up from before the restore finds nothing to send; the sweep wakes it to be settled.
    await deliverEvents(ctx);
    await ctx.sql`update outbox set sent_at = now()`;
    expect(await wakeStuckMessages(ctx.system)).toBe(1);
    const [message] = await ctx.sql<{ id: string; status: string }[]>`select id, status from messages`;
    const { outcome } = await settleUncertain(ctx.system, message?.id ?? "");

    expect(outcome).toBe("unknown");
    expect(await ctx.sql`select status from messages`).toEqual([{ status: "unknown" }]);
    expect(ctx.graph.calls).toEqual([]);
  });
});
