import type { Transaction } from "#db/client";
import { createApiKeyToken } from "../../auth/api-key-format";
import { hashApiKey } from "../../auth/hash-api-key";
import { newId } from "../../ids";
import type { AdminContext } from "../admin-context";
import { insertApiKey } from "./store";

/** What a new key is to be. */
export interface KeyTerms {
  readonly clientId: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly mode: "live" | "test";
  /** Calls a minute. */
  readonly rpmLimit?: number | undefined;
  /** Messages a day (UTC). */
  readonly dailyMsgLimit?: number | undefined;
  readonly expiresAt?: Date | null | undefined;
  readonly rotatedFromId?: string;
  readonly limitsKeyId?: string;
}

/** A key that was just made. */
export interface IssuedKey {
  readonly id: string;
  readonly prefix: string;
  /** Known here and now, and never again. */
  readonly token: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
}

/** Makes a key and stores its hash. Checks nothing. */
export async function issueKey(tx: Transaction, ctx: AdminContext, terms: KeyTerms): Promise<IssuedKey> {
  const { mode, ...row } = terms;
  const id = newId();
  const { prefix, token } = createApiKeyToken(mode);
  const { version, secret } = ctx.peppers.current;
  const [scopes, expiresAt] = [[...terms.scopes], terms.expiresAt ?? null];
  await insertApiKey(tx, {
    ...row,
    id,
    prefix,
    hash: hashApiKey(token, secret),
    pepperVersion: version,
    scopes,
    expiresAt,
    // By the same clock as the expiry: a rotation takes over the time between them.
    createdAt: ctx.clock.now(),
  });
  return { id, prefix, token, scopes, expiresAt };
}
