import { recordAudit } from "../audit/record-audit";
import { createApiKeyToken } from "../auth/api-key-format";
import { hashApiKey } from "../auth/hash-api-key";
import { newId } from "../ids";
import type { AdminContext } from "./admin-context";
import { insertApiKey } from "./store";

export interface MintApiKeyInput {
  readonly clientId: string;
  readonly label: string;
  /** `tools:<name>`, `tools:*` (the owner's only), `numbers:<Meta's id>`, `numbers:*`. */
  readonly scopes: string[];
  readonly mode: "live" | "test";
}

/** Makes a key. The token is returned once and kept nowhere. */
export async function mintApiKey(
  ctx: AdminContext,
  input: MintApiKeyInput,
): Promise<{ id: string; token: string }> {
  const id = newId();
  const { mode, ...row } = input;
  const { prefix, token } = createApiKeyToken(mode);
  await ctx.database.asSystem(async (tx) => {
    await insertApiKey(tx, { id, ...row, prefix, hash: hashApiKey(token, ctx.pepper) });
    await recordAudit(tx, {
      at: ctx.clock.now(),
      actor: "admin",
      action: "key.minted",
      outcome: "ok",
      clientId: input.clientId,
      apiKeyId: id,
    });
  });
  return { id, token };
}
