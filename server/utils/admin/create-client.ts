import { recordAudit } from "../audit/record-audit";
import { newId } from "../ids";
import type { AdminContext } from "./admin-context";
import { insertClient } from "./store";

/** Creates a tenant and returns its id. The database allows one owner at most. */
export async function createClient(
  ctx: AdminContext,
  input: { name: string; displayName: string; isOwner: boolean },
): Promise<string> {
  const id = newId();
  await ctx.database.asSystem(async (tx) => {
    await insertClient(tx, { id, ...input });
    await recordAudit(tx, {
      at: ctx.clock.now(),
      actor: "admin",
      action: "client.created",
      outcome: "ok",
      clientId: id,
    });
  });
  return id;
}
