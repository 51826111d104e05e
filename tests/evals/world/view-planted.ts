import { viewMessage, type MessageView } from "#server/utils/messaging/message-view";
import { readInboundMessage } from "#server/utils/meta/inbound-message";
import { readWebhookElements } from "#server/utils/meta/webhook-elements";
import { webhookBody } from "#tests/helpers/server/webhook-bodies";
import type { PlantedMessage } from "./list-messages";

/** What a reader would be shown of a message, without the database between; undefined for what is no message. */
export function viewPlanted({ message, contact }: PlantedMessage): MessageView | undefined {
  const [element] = readWebhookElements(webhookBody("101", { contacts: [contact], messages: [message] }));
  const read = element?.kind === "message" ? readInboundMessage(element, new Date(0)) : undefined;
  if (typeof read !== "object") return undefined;
  return viewMessage({
    id: "01980000-0000-7000-8000-000000000001",
    conversationId: "01980000-0000-7000-8000-000000000002",
    contactId: "01980000-0000-7000-8000-000000000003",
    waPhoneNumberId: "106540352242922",
    direction: "inbound",
    status: "received",
    wamid: read.wamid,
    type: read.type,
    text: read.text ?? null,
    content: read.content,
    isForwarded: false,
    profileName: read.profileName ?? null,
    replyToId: null,
    occurredAt: read.occurredAt,
    editedAt: null,
    revokedAt: null,
    quiet: false,
  });
}
