import { hashContent } from "../message-content";

/** What an approval is given for: these words, of this type, to this person, in answer to this. */
export interface ApprovedContent {
  readonly phoneNumberId: string;
  readonly contactId: string;
  readonly type: string;
  readonly content: Record<string, unknown>;
  readonly replyToWamid: string | null;
}

/** A digest of a message as it would leave. */
export function digestMessage(message: ApprovedContent): string {
  const { phoneNumberId, contactId, type, content, replyToWamid } = message;
  return hashContent(
    `${phoneNumberId}:${contactId}`,
    { type, payload: content, text: undefined },
    replyToWamid ?? undefined,
  );
}
