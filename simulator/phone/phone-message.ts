import type { RenderedTemplate } from "../templates/rendered-template";
import type { StoredMedia } from "../media/stored-media";

/**
 * How far a message has come. From the business: accepted, sent, delivered, read, or failed. From the person: sent
 * (left the phone), delivered (the business's webhook answered 200), read (the business marked it read). `played` is a
 * voice message that the person has listened to.
 */
export type MessageStatus = "accepted" | "sent" | "delivered" | "read" | "played" | "failed";

/** What a `failed` status says. */
export interface MessageFailure {
  code: number;
  title: string;
  details: string;
}

/** A message in a chat on somebody's phone. */
export interface PhoneMessage {
  /** Grows with each message; never used twice. */
  seq: number;
  wamid: string;
  author: "business" | "person";
  phoneNumberId: string;
  waId: string;
  type: string;
  /** The object named after `type`, as sent. */
  content: unknown;
  /** Unix milliseconds. */
  at: number;
  status: MessageStatus;
  /** When each status was reached, Unix milliseconds. */
  history: Partial<Record<MessageStatus, number>>;
  /** True when it is on the phone (a failed message never gets there). */
  arrived: boolean;
  /** How the business named the recipient; decides which ids its statuses carry. */
  addressedBy?: "phone" | "user_id";
  bizOpaqueCallbackData?: string;
  replyTo?: string;
  failure?: MessageFailure;
  /** The file in the bubble. */
  media?: StoredMedia;
  /** A template as the person sees it. */
  template?: RenderedTemplate;
  /** The person wants it read as soon as it is delivered. */
  readWanted?: boolean;
}

const RANK: Record<MessageStatus, number> = {
  accepted: 0,
  sent: 1,
  delivered: 2,
  read: 3,
  played: 4,
  failed: 5,
};

/** True when `next` is further along than `current`: a status never goes back, and `failed` ends it. */
export function isFurther(next: MessageStatus, current: MessageStatus): boolean {
  if (current === "failed") return false;
  if (next === "failed") return RANK[current] < RANK.delivered;
  return RANK[next] > RANK[current];
}
