import { recordAudit } from "../audit/record-audit";
import { newId } from "../ids";
import type { AdminContext } from "./admin-context";
import { insertGrant } from "./store";

export interface GrantNumberInput {
  readonly clientId: string;
  readonly phoneNumberId: string;
  /** `all` shows every conversation of the number, `own` only the client's. */
  readonly visibility: "own" | "all";
  readonly recipientPolicy: "anyone" | "open_window" | "allowlist" | "none";
}

/** Lets a client use a number. */
export async function grantNumber(ctx: AdminContext, input: GrantNumberInput): Promise<void> {
  await ctx.database.asSystem(async (tx) => {
    await insertGrant(tx, { id: newId(), ...input });
    await recordAudit(tx, {
      at: ctx.clock.now(),
      actor: "admin",
      action: "grant.added",
      outcome: "ok",
      clientId: input.clientId,
      phoneNumberId: input.phoneNumberId,
    });
  });
}
