import type { FaultBox } from "../faults/fault-box";
import type { Chats } from "../phone/chats";
import type { ContactBook } from "../phone/contact-book";
import type { ServiceWindows } from "../phone/service-windows";
import type { StatusLadder } from "../phone/status-ladder";
import type { WebhookOutlet } from "../webhooks/webhook-outlet";
import type { WebhookSender } from "../webhooks/webhook-sender";
import type { BusinessNumber } from "./business-number";
import type { Clock } from "./clock";
import type { EventBus } from "./event-bus";
import type { Random } from "./random";
import type { RateLimits } from "./rate-limits";
import type { Settings } from "./settings";

/** The app's subscription to the account's webhooks. */
export interface Subscription {
  active: boolean;
  /** Another callback for this account, set through the Graph API. */
  overrideUrl?: string;
}

/** Everything there is: Meta's side, the phones, and the way out to the business. */
export interface World {
  readonly wabaId: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly accessToken: string;
  readonly verifyToken: string;
  readonly numbers: ReadonlyMap<string, BusinessNumber>;
  readonly settings: Settings;
  readonly subscription: Subscription;
  readonly clock: Clock;
  readonly random: Random;
  readonly bus: EventBus;
  readonly faults: FaultBox;
  readonly limits: RateLimits;
  readonly contacts: ContactBook;
  readonly chats: Chats;
  readonly windows: ServiceWindows;
  readonly outlet: WebhookOutlet;
  readonly webhooks: WebhookSender;
  readonly ladder: StatusLadder;
  /** Forgets contacts, messages, limits, faults and webhooks. Settings stay. */
  reset(): void;
  /** Stops timers and connections. */
  close(): void;
}
