import type { BusinessNumber } from "../core/business-number";
import { createWamid } from "../core/ids";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { describeMessage } from "../phone/describe-message";
import type { PhoneMessage } from "../phone/phone-message";
import type { FetchedLinks } from "./fetch-links";
import { findFailure } from "./find-failure";
import { findMedia } from "./find-media";
import { GraphError } from "./graph-error";
import { requireSendingNumber } from "./require-sending-number";
import { resolveMedia } from "./resolve-media";
import { type Recipient, resolveRecipient } from "./resolve-recipient";
import { prepareTemplate } from "./template/prepare-template";
import { validateContent } from "./validate/validate-content";
import { type Envelope, validateEnvelope } from "./validate/validate-envelope";

/** A message Meta has taken, and the answer the business gets for it. */
export interface Acceptance {
  message: PhoneMessage;
  answer: JsonObject;
}

/**
 * Takes a send: checks it, applies the limits, and puts it on the phone. From here on the message exists, whatever
 * becomes of the answer. The same request twice is two messages: the API has no idempotency key.
 *
 * @throws GraphError when Meta would refuse it
 */
export function acceptMessage(
  world: World,
  number: BusinessNumber,
  body: JsonObject,
  fetched: FetchedLinks,
): Acceptance {
  const envelope = validateEnvelope(body);
  const { type } = envelope;
  const content = validateContent(body, type);
  requireSendingNumber(number);
  const recipient = resolveRecipient(world, number, body);
  const rendered =
    type === "template" ? prepareTemplate(world.templates, content as JsonObject, recipient) : undefined;
  const { shown, problem } = resolveMedia(world, number, findMedia(type, content), fetched);
  applyLimits(world, number, recipient);
  const failure = findFailure(world, number, recipient, { type, content, mediaProblem: problem });
  const message: PhoneMessage = {
    ...createMessage(world, number, recipient, envelope, content),
    arrived: failure === undefined,
    ...(failure === undefined ? {} : { failure }),
    ...(rendered === undefined ? {} : { template: rendered }),
    ...(shown === undefined ? {} : { media: shown }),
  };
  world.chats.add(message);
  world.bus.publish("message.added", () => describeMessage(message));
  return { message, answer: answerFor(recipient, message) };
}

function applyLimits(world: World, number: BusinessNumber, { contact }: Recipient): void {
  if (!world.limits.allowThroughput(number.id)) {
    throw new GraphError(130429, { details: "This number sends more messages per second than it may" });
  }
  if (!world.limits.allowPair(number.id, contact.waId)) {
    throw new GraphError(131056, {
      details: "Too many messages from this number to this person in a short time",
    });
  }
}

function createMessage(
  world: World,
  number: BusinessNumber,
  { contact, addressedBy }: Recipient,
  { type, replyTo, bizOpaqueCallbackData }: Envelope,
  content: unknown,
): Omit<PhoneMessage, "arrived"> {
  const at = world.clock.now();
  return {
    seq: world.chats.nextSeq(),
    wamid: createWamid(contact.waId, "business"),
    author: "business",
    phoneNumberId: number.id,
    waId: contact.waId,
    type,
    content,
    at,
    status: "accepted",
    history: { accepted: at },
    addressedBy,
    ...(bizOpaqueCallbackData === undefined ? {} : { bizOpaqueCallbackData }),
    ...(replyTo === undefined ? {} : { replyTo }),
  };
}

/** Reference 2.2; a message to a user id is answered with `user_id` and without `wa_id`. */
function answerFor({ contact, input, addressedBy }: Recipient, { wamid, type }: PhoneMessage): JsonObject {
  const who = addressedBy === "phone" ? { wa_id: contact.waId } : { user_id: contact.userId };
  return {
    messaging_product: "whatsapp",
    contacts: [{ input, ...who }],
    messages: [{ id: wamid, ...(type === "template" ? { message_status: "accepted" } : {}) }],
  };
}
