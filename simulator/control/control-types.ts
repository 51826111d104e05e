import type { NumberHealth } from "../core/business-number";
import type { JsonObject } from "../core/json-object";
import type { Settings } from "../core/settings";
import type { Fault } from "../faults/fault";
import type { MessageState } from "../phone/describe-message";
import type { TemplateCategory, TemplateQuality, TemplateStatus } from "../templates/template";
import type { Delivery } from "../webhooks/delivery";

/** A contact as the control API shows it. */
export interface ContactState {
  wa_id: string;
  name: string;
  user_id: string;
  username: string | null;
  phone_hidden: boolean;
  registered: boolean;
  fail_code: number | null;
  aliases: string[];
  /** Per business number: is the chat on the screen, until when is the window open, what is new, what came last. */
  chats: {
    phone_number_id: string;
    open: boolean;
    window_closes_at: number | null;
    unread: number;
    last_message: MessageState | null;
  }[];
}

/** What arrived on the phones. */
export interface ArrivalsReport {
  /** How many messages match. */
  total: number;
  /** How often each `biz_opaque_callback_data` arrived. */
  by_biz_opaque_callback_data: Record<string, number>;
  /** Those that arrived more than once: doubled messages. */
  doubled: string[];
  /** `arrivals`: how often the message's `biz_opaque_callback_data` arrived; 1 for a message without it. */
  messages: (MessageState & { arrivals: number })[];
}

/** The delivery log. */
export interface WebhooksReport {
  /** On their way: waiting, being sent, or between two tries. */
  pending: number;
  /** Kept back by the fault `hold`. */
  held: number;
  deliveries: Delivery[];
}

/** A business number, and how Meta rates it. */
export interface NumberState extends NumberHealth {
  id: string;
  display_phone_number: string;
  verified_name: string;
}

/** A template of the account. */
export interface TemplateState {
  id: string;
  name: string;
  language: string;
  status: TemplateStatus;
  category: TemplateCategory;
  parameter_format: "POSITIONAL" | "NAMED";
  components: JsonObject[];
  quality_score: { score: TemplateQuality; date: number };
  rejected_reason: string;
}

/** A file a person has sent; none when it was too large to reach the business. */
export interface SentMedia {
  wamid: string;
  /** `sha256` in hex, of what the webhook tells. */
  media: { id: string; mime_type: string; sha256: string; size_bytes: number } | null;
}

/** An overview of the simulated world. No secrets in it. */
export interface SimulatorState {
  waba_id: string;
  app_id: string;
  numbers: NumberState[];
  subscribed: boolean;
  callback_url: string | null;
  /** How far the clock has been put forward. */
  clock_ahead_ms: number;
  settings: Settings;
  faults: Fault[];
  counts: {
    contacts: number;
    arrivals: number;
    webhooks_pending: number;
    webhooks_held: number;
    listeners: number;
    /** Files kept, and the bytes they take; the setting `media_limit_bytes` bounds them. */
    media: number;
    media_bytes: number;
  };
}
