import type { FaultBox } from "../faults/fault-box";
import type { MediaLinks } from "../media/media-links";
import type { MediaStore } from "../media/media-store";
import type { Chats } from "../phone/chats";
import type { ContactBook } from "../phone/contact-book";
import type { ServiceWindows } from "../phone/service-windows";
import type { StatusLadder } from "../phone/status-ladder";
import type { TemplateStore } from "../templates/template-store";
import type { WebhookOutlet } from "../webhooks/webhook-outlet";
import type { WebhookSender } from "../webhooks/webhook-sender";
import type { BusinessNumber } from "./business-number";
import type { EventBus } from "./event-bus";
import type { MovableClock } from "./movable-clock";
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
  readonly clock: MovableClock;
  readonly random: Random;
  readonly bus: EventBus;
  readonly faults: FaultBox;
  readonly limits: RateLimits;
  readonly contacts: ContactBook;
  readonly chats: Chats;
  readonly media: MediaStore;
  readonly mediaLinks: MediaLinks;
  readonly templates: TemplateStore;
  readonly windows: ServiceWindows;
  readonly outlet: WebhookOutlet;
  readonly webhooks: WebhookSender;
  readonly ladder: StatusLadder;
  /** Where the simulator listens, once it does; download addresses begin there. */
  readonly address: { url: string };
  /** Forgets contacts, messages, files, templates, limits, faults and webhooks. Settings stay. */
  reset(): void;
  /** Stops timers and connections. */
  close(): void;
}
