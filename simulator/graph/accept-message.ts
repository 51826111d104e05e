import type { BusinessNumber } from "../core/business-number";
import { createWamid } from "../core/ids";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { describeMessage } from "../phone/describe-message";
import type { MessageFailure, PhoneMessage } from "../phone/phone-message";
import { errorEntry } from "./error-catalogue";
import { GraphError } from "./graph-error";
import { type Recipient, resolveRecipient } from "./resolve-recipient";
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
export function acceptMessage(world: World, number: BusinessNumber, body: JsonObject): Acceptance {
  const envelope = validateEnvelope(body);
  const content = validateContent(body, envelope.type);
  const recipient = resolveRecipient(world, number, body);
  applyLimits(world, number, recipient);
  const failure = findFailure(world, number, recipient, envelope, content);
  const message = createMessage(world, number, recipient, envelope, content, failure);
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

/** Why an accepted message will fail later; throws when Meta would say so at once. */
function findFailure(
  world: World,
  number: BusinessNumber,
  { contact }: Recipient,
  { type }: Envelope,
  content: unknown,
): MessageFailure | undefined {
  const { settings } = world;
  if (!contact.registered || settings.unregistered.includes(contact.waId)) {
    return failureOf(131026, "The message could not be delivered to this person");
  }
  if (contact.failCode !== undefined)
    return failureOf(contact.failCode, "Refused for this person by the simulator");
  const closed = world.windows.closesAt(number.id, contact.waId) === undefined;
  if (type !== "template" && settings.window !== "off" && closed) {
    const details = "More than 24 hours have passed since this person last wrote to this number";
    if (settings.window === "sync") throw new GraphError(131047, { details });
    return failureOf(131047, details);
  }
  if (type !== "reaction") return undefined;
  const target = world.chats.find(number.id, String((content as JsonObject).message_id));
  const known = target !== undefined && target.waId === contact.waId && target.type !== "reaction";
  return known ? undefined : failureOf(131009, "The message to react to does not exist");
}

function failureOf(code: number, details: string): MessageFailure {
  return { code, title: errorEntry(code).title, details };
}

function createMessage(
  world: World,
  number: BusinessNumber,
  { contact, addressedBy }: Recipient,
  { type, replyTo, bizOpaqueCallbackData }: Envelope,
  content: unknown,
  failure: MessageFailure | undefined,
): PhoneMessage {
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
    arrived: failure === undefined,
    addressedBy,
    ...(bizOpaqueCallbackData === undefined ? {} : { bizOpaqueCallbackData }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(failure === undefined ? {} : { failure }),
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
