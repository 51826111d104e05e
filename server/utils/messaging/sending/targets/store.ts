import { and, eq } from "drizzle-orm";
import * as v from "valibot";
import type { Transaction } from "#db/client";
import { messages } from "#db/schema/index";
import type { ContentPlace } from "../../message-content";

/** A message that another one quotes or reacts to. */
export type Target = Pick<
  typeof messages.$inferSelect,
  "wamid" | "type" | "status" | "occurredAt" | "revokedAt"
>;

const IdSchema = v.pipe(v.string(), v.uuid());

/** A message of the conversation, by our id or Meta's. Either is looked up in its own index. */
export async function findTarget(
  tx: Transaction,
  { conversationId, phoneNumberId }: Pick<ContentPlace, "conversationId" | "phoneNumberId">,
  target: string,
): Promise<Target | undefined> {
  const { wamid, type, status, occurredAt, revokedAt } = messages;
  const isTarget = v.is(IdSchema, target) ? eq(messages.id, target.toLowerCase()) : eq(wamid, target);
  const rows = await tx
    .select({ wamid, type, status, occurredAt, revokedAt })
    .from(messages)
    .where(
      and(eq(messages.phoneNumberId, phoneNumberId), eq(messages.conversationId, conversationId), isTarget),
    );
  return rows[0];
}
