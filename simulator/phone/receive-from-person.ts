import type { BusinessNumber } from "../core/business-number";
import { createWamid } from "../core/ids";
import { isJsonObject, type JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import type { StoredMedia } from "../media/stored-media";
import type { Contact } from "./contact-book";
import { describeMessage } from "./describe-message";
import { inboundValue } from "./inbound-value";
import { isFurther, type PhoneMessage } from "./phone-message";
import { publishStatus } from "./publish-status";

/** What a person sends: a type, the object named after it, and whatever else Meta's webhook may carry. */
export interface PersonMessage {
  type: string;
  /** The wamid of the message this one quotes. */
  reply_to?: string | undefined;
  [key: string]: unknown;
}

// Reference 5.1: whether a reaction opens the window is not documented, so the stricter reading holds here.
const NOT_OPENING = new Set(["reaction", "system", "unsupported", "request_welcome"]);

const GHOST_LEAD_MS = 200;

/** A person writes to a business number: into the chat, the window opens, the webhook goes out. */
export function receiveFromPerson(
  world: World,
  number: BusinessNumber,
  contact: Contact,
  sent: PersonMessage,
  media?: StoredMedia,
): PhoneMessage {
  const { reply_to: replyTo, ...raw } = sent;
  const now = world.clock.now();
  const wamid = typeof raw.id === "string" ? raw.id : createWamid(contact.waId, "person");
  const message: PhoneMessage = {
    seq: world.chats.nextSeq(),
    wamid,
    author: "person",
    phoneNumberId: number.id,
    waId: contact.waId,
    type: sent.type,
    content: raw[sent.type],
    at: now,
    status: "sent",
    history: { sent: now },
    arrived: true,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(media === undefined ? {} : { media }),
  };
  world.chats.add(message);
  if (sent.type === "revoke" && isJsonObject(message.content)) {
    world.chats.revoke(number.id, String(message.content.original_message_id));
  }
  world.limits.countInbound(number.id);
  if (!NOT_OPENING.has(sent.type)) world.windows.open(number.id, contact.waId, now);
  world.bus.publish("message.added", () => describeMessage(message));
  const quoted = replyTo === undefined ? {} : { context: quote(world, number, contact, replyTo) };
  const body: JsonObject = { id: wamid, timestamp: String(Math.floor(now / 1000)), ...quoted, ...raw };
  announce(world, number, contact, message, body);
  return message;
}

function quote(world: World, number: BusinessNumber, contact: Contact, wamid: string): JsonObject {
  const quoted = world.chats.find(number.id, wamid);
  const from = quoted?.author === "person" ? contact.waId : number.displayNumber;
  return { from, id: wamid };
}

function announce(
  world: World,
  number: BusinessNumber,
  contact: Contact,
  message: PhoneMessage,
  body: JsonObject,
): void {
  const facts = { about: "messages" as const, phoneNumberId: number.id, waId: contact.waId };
  const send = (content: JsonObject, done?: (delivered: boolean) => void) =>
    world.webhooks.send({
      ...facts,
      wamid: message.wamid,
      field: "messages",
      value: inboundValue(number, contact, content, world.settings),
      ...(done === undefined ? {} : { done }),
    });
  const real = () => send(body, (delivered) => delivered && acknowledge(world, message));
  if (world.faults.take("ghost_unsupported", facts) === undefined) {
    real();
    return;
  }
  send(ghost(body));
  world.clock.after(GHOST_LEAD_MS / world.settings.speed, real);
}

/** Seen in production (reference 3.7): the same wamid first as `unsupported`, then as what it really is. */
function ghost({ id, timestamp }: JsonObject): JsonObject {
  const error = {
    code: 131060,
    title: "This message is currently unavailable",
    message: "This message is currently unavailable",
    error_data: { details: "The content could not be read when this webhook was sent" },
  };
  return { id, timestamp, type: "unsupported", errors: [error], unsupported: { type: "unknown" } };
}

function acknowledge(world: World, message: PhoneMessage): void {
  if (!isFurther("delivered", message.status)) return;
  message.status = "delivered";
  message.history.delivered = world.clock.now();
  publishStatus(world.bus, message, "delivered");
}
