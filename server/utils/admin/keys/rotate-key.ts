import type { Transaction } from "#db/client";
import { describeKeyState } from "../../auth/describe-key-state";
import { AppError } from "../../errors";
import type { AdminContext } from "../admin-context";
import { performAction } from "../perform-action";
import { issueKey, type IssuedKey } from "./issue-key";
import { requireKey } from "./require-key";
import { selectKeys, updateKey, type KeyRow } from "./store";

/** A new key, and the one that it replaces. */
export interface RotatedKey extends IssuedKey {
  readonly client: string;
  readonly old: { readonly id: string; readonly prefix: string; readonly expiresAt: Date };
}

/**
 * Replaces a key by a new one with the same client, label, scopes, limits and time to live. Both work until the grace is
 * over, and count against the same limits.
 *
 * @throws AppError `not_found`, `conflict` when the key is revoked, expired or was rotated before
 */
export async function rotateKey(
  ctx: AdminContext,
  input: { readonly key: string; readonly graceMs: number },
): Promise<RotatedKey> {
  return performAction(ctx, "key.rotated", async (tx, targets) => {
    const old = await requireKey(tx, input.key);
    targets.clientId = old.clientId;
    targets.apiKeyId = old.id;
    const now = ctx.clock.now();
    requireAlive(old, now);
    await requireNoSuccessor(tx, old);
    const graceEnd = new Date(now.getTime() + input.graceMs);
    const oldExpiry = old.expiresAt && old.expiresAt < graceEnd ? old.expiresAt : graceEnd;
    await updateKey(tx, old.id, { expiresAt: oldExpiry });
    const key = await issueKey(tx, ctx, {
      clientId: old.clientId,
      label: old.label,
      scopes: old.scopes,
      mode: old.prefix.startsWith("wamcp_test_") ? "test" : "live",
      rpmLimit: old.rpmLimit,
      dailyMsgLimit: old.dailyMsgLimit,
      expiresAt: renewExpiry(old, now),
      rotatedFromId: old.id,
      limitsKeyId: old.limitsKeyId ?? old.id,
    });
    targets.apiKeyId = key.id;
    targets.detail = { rotated_from_id: old.id };
    return {
      ...key,
      client: old.clientName,
      old: { id: old.id, prefix: old.prefix, expiresAt: oldExpiry },
    };
  });
}

function requireAlive(key: KeyRow, now: Date): void {
  const state = describeKeyState(key, now);
  if (state === undefined || state === "disabled") return;
  throw new AppError("conflict", `This key is ${state}, so it cannot be rotated.`, {
    advice: 'Make a new one with "keys mint".',
  });
}

// The first rotation cut its time to live short, so a second one would not know what that was.
async function requireNoSuccessor(tx: Transaction, key: KeyRow): Promise<void> {
  const [successor] = await selectKeys(tx, { rotatedFromId: key.id });
  if (!successor) return;
  throw new AppError("conflict", `This key was rotated before, into ${successor.prefix}.`, {
    advice: 'Rotate that one, or make a new one with "keys mint".',
  });
}

// A key that lived for 90 days is followed by one that lives for 90 days.
function renewExpiry({ expiresAt, createdAt }: KeyRow, now: Date): Date | null {
  return expiresAt && new Date(now.getTime() + expiresAt.getTime() - createdAt.getTime());
}
