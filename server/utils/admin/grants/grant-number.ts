import { AppError } from "../../errors";
import { newId } from "../../ids";
import type { AdminContext } from "../admin-context";
import { requireClient } from "../clients/require-client";
import { readGrantTerms, type GrantTerms } from "./read-grant-terms";
import { upsertGrant } from "./store";
import { requireNumber } from "../numbers/require-number";
import { performAction } from "../perform-action";

export interface GrantNumberInput extends GrantTerms {
  /** By id or name. */
  readonly clientId: string;
  /** Our id, or Meta's. */
  readonly phoneNumberId: string;
}

// The owner is whom the server belongs to; everybody else sees and does little until more is said.
const OWNER_TERMS = { visibility: "all", recipientPolicy: "anyone", confirmPolicy: "never" } as const;
const CLIENT_TERMS = { visibility: "own", recipientPolicy: "open_window", confirmPolicy: "never" } as const;
const UNCAPPED = { tools: ["*"], dailyCap: null, recipientHourlyCap: null };

/**
 * Lets a client use a number; a grant that was revoked begins anew. Returns the grant's id.
 *
 * @throws AppError `conflict` when the client holds a grant on it, `not_found`, `invalid_arguments`
 */
export async function grantNumber(ctx: AdminContext, input: GrantNumberInput): Promise<string> {
  return performAction(ctx, "grant.added", async (tx, targets) => {
    const client = await requireClient(tx, input.clientId);
    targets.clientId = client.id;
    const number = await requireNumber(tx, input.phoneNumberId);
    targets.phoneNumberId = number.id;
    const id = await upsertGrant(tx, {
      id: newId(),
      clientId: client.id,
      phoneNumberId: number.id,
      ...UNCAPPED,
      ...(client.isOwner ? OWNER_TERMS : CLIENT_TERMS),
      ...readGrantTerms(input),
    });
    if (!id) {
      throw new AppError("conflict", "This client holds a grant on this number.", {
        advice: '"grants set" changes it, "grants revoke" ends it.',
      });
    }
    targets.detail = { grant_id: id };
    return id;
  });
}
