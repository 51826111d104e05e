import type { Transaction } from "#db/client";
import { newId } from "../../ids";
import { digestMessage, type ApprovedContent } from "./digest-message";
import { insertApproval } from "./store";

export interface HeldMessage extends ApprovedContent {
  readonly id: string;
  readonly clientId: string;
  readonly apiKeyId: string;
  readonly expiresAt: Date | null;
}

/** A question that was put down with the message it is about. */
export interface OpenApproval {
  readonly id: string;
  readonly expiresAt: Date;
}

/** Puts down that a message waits for a person's word: until then at most, and for exactly this content. */
export async function holdMessage(
  tx: Transaction,
  message: HeldMessage,
  now: Date,
  timeoutMs: number,
): Promise<OpenApproval> {
  const latest = new Date(now.getTime() + timeoutMs);
  const expiresAt = message.expiresAt && message.expiresAt < latest ? message.expiresAt : latest;
  const id = newId();
  await insertApproval(tx, {
    id,
    messageId: message.id,
    clientId: message.clientId,
    apiKeyId: message.apiKeyId,
    contentHash: digestMessage(message),
    expiresAt,
    createdAt: now,
  });
  return { id, expiresAt };
}
