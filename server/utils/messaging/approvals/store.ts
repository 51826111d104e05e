import { aliasedTable, and, asc, eq, lte, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import {
  approvals,
  clients,
  contactAliases,
  contacts,
  conversations,
  mediaObjects,
  messages,
  phoneNumbers,
} from "#db/schema/index";

// As `mediaSource` writes it.
const OURS = "^wamcp:media/([0-9a-f-]{36})$";

export type ApprovalRow = typeof approvals.$inferSelect;

export async function insertApproval(tx: Transaction, row: typeof approvals.$inferInsert): Promise<void> {
  await tx.insert(approvals).values(row);
}

/** The approval of a message, as whoever asks may see it. */
export async function findApprovalOf(tx: Transaction, messageId: string): Promise<ApprovalRow | undefined> {
  const rows = await tx.select().from(approvals).where(eq(approvals.messageId, messageId));
  return rows[0];
}

/** Where an approval's message is, for the locks: conversation, message, approval. */
export async function locateApproval(
  tx: Transaction,
  approvalId: string,
): Promise<{ messageId: string; conversationId: string } | undefined> {
  const rows = await tx
    .select({ messageId: approvals.messageId, conversationId: messages.conversationId })
    .from(approvals)
    .innerJoin(messages, eq(messages.id, approvals.messageId))
    .where(eq(approvals.id, approvalId));
  return rows[0];
}

export async function lockApproval(tx: Transaction, approvalId: string): Promise<ApprovalRow | undefined> {
  const rows = await tx.select().from(approvals).where(eq(approvals.id, approvalId)).for("update");
  return rows[0];
}

export async function closeApproval(
  tx: Transaction,
  approvalId: string,
  change: Pick<ApprovalRow, "state" | "decidedAt" | "decidedBy">,
): Promise<void> {
  await tx.update(approvals).set(change).where(eq(approvals.id, approvalId));
}

/** Approvals whose time is up. */
export async function listOverdueApprovals(tx: Transaction, now: Date, limit: number): Promise<string[]> {
  const rows = await tx
    .select({ id: approvals.id })
    .from(approvals)
    .where(and(eq(approvals.state, "pending"), lte(approvals.expiresAt, now)))
    .orderBy(approvals.expiresAt)
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** The file of a send that waits, where it is one that is here already. */
export interface PendingFile {
  /** Ours; null for one that an address leads to. */
  readonly sourceId: string | null;
  readonly type: string | null;
  readonly sizeBytes: number | null;
  /** A stranger's, or the caller's. */
  readonly name: string | null;
}

/** A send that waits, with everything that a person needs for a decision. */
export interface PendingApproval {
  readonly id: string;
  readonly messageId: string;
  readonly clientName: string;
  readonly numberLabel: string;
  readonly recipient: string | null;
  readonly recipientName: string | null;
  readonly type: string;
  readonly text: string | null;
  readonly content: Record<string, unknown>;
  readonly isReply: boolean;
  /** The file that goes with it. */
  readonly file: PendingFile | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export async function readMessageStatus(tx: Transaction, messageId: string): Promise<string | undefined> {
  const rows = await tx.select({ status: messages.status }).from(messages).where(eq(messages.id, messageId));
  return rows[0]?.status;
}

export async function listPendingApprovals(
  tx: Transaction,
  only: { readonly messageId?: string } = {},
): Promise<PendingApproval[]> {
  const source = aliasedTable(mediaObjects, "source");
  const rows = await tx
    .select({
      id: approvals.id,
      messageId: approvals.messageId,
      clientName: clients.name,
      numberLabel: phoneNumbers.label,
      recipient: sql<string | null>`(
        select a.value from ${contactAliases} a where a.contact_id = ${contacts.id} and a.ended_at is null
        order by array_position(array['wa_id', 'phone_input', 'bsuid', 'parent_bsuid'], a.kind), a.created_at desc limit 1)`,
      recipientName: conversations.profileName,
      type: messages.type,
      text: messages.text,
      content: messages.content,
      isReply: sql<boolean>`${messages.replyToWamid} is not null`,
      fileId: mediaObjects.id,
      source: {
        sourceId: source.id,
        type: source.sniffedType,
        sizeBytes: source.sizeBytes,
        name: source.fileName,
      },
      createdAt: approvals.createdAt,
      expiresAt: approvals.expiresAt,
    })
    .from(approvals)
    .innerJoin(messages, eq(messages.id, approvals.messageId))
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .innerJoin(contacts, eq(contacts.id, conversations.contactId))
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, messages.phoneNumberId))
    .innerJoin(clients, eq(clients.id, approvals.clientId))
    .leftJoin(mediaObjects, eq(mediaObjects.messageId, messages.id))
    .leftJoin(source, sql`${source.id} = substring(${mediaObjects.sourceUrl} from ${OURS})::uuid`)
    .where(
      and(
        eq(approvals.state, "pending"),
        ...(only.messageId ? [eq(approvals.messageId, only.messageId)] : []),
      ),
    )
    .orderBy(asc(approvals.id));
  const nowhere: PendingFile = { sourceId: null, type: null, sizeBytes: null, name: null };
  return rows.map(({ fileId, source: found, ...approval }) =>
    Object.assign(approval, { file: fileId === null ? null : (found ?? nowhere) }),
  );
}
