import type { Clock } from "../core/clock";
import type { EventBus } from "../core/event-bus";
import { createRing } from "../core/ring";
import type { Settings } from "../core/settings";
import type { FaultBox } from "../faults/fault-box";
import type { Change } from "./change";
import type { Delivery } from "./delivery";
import { type AttemptResult, DeliveryQueue, type QueuedDelivery } from "./delivery-queue";
import type { WebhookPoster } from "./post-webhook";
import { signBody } from "./sign-body";

/** What the outlet needs from its surroundings. */
export interface WebhookOutletDeps {
  clock: Clock;
  settings: Settings;
  faults: FaultBox;
  bus: EventBus;
  poster: WebhookPoster;
  appSecret: string;
  /** Where webhooks go now; undefined while no app is subscribed. */
  callbackUrl: () => string | undefined;
}

const LOG_CAPACITY = 2000;
const LOGGED_BODY_LIMIT = 8 * 1024;

/** Signs finished bodies, hands them to the queue and keeps the delivery log. */
export class WebhookOutlet {
  readonly queue: DeliveryQueue;
  readonly #deps: WebhookOutletDeps;
  readonly #log = createRing<Delivery>(LOG_CAPACITY);
  #created = 0;

  constructor(deps: WebhookOutletDeps) {
    this.#deps = deps;
    this.queue = new DeliveryQueue({
      clock: deps.clock,
      settings: deps.settings,
      attempt: (delivery) => this.#attempt(delivery),
      onAttempt: (record, attempt) =>
        deps.bus.publish("webhook.attempt", () => ({ id: record.id, state: record.state, attempt })),
    });
  }

  /** Delivers a body that carries these changes (none: a raw body). `done` hears the end once. */
  push(changes: Change[], body: string, done: QueuedDelivery["done"]): Delivery {
    const record = this.#record(changes, body);
    this.#log.push(record);
    if (this.#deps.callbackUrl() === undefined) {
      record.state = "not_subscribed";
      done(false);
    } else {
      this.queue.push({ record, body: Buffer.from(body), done });
    }
    return record;
  }

  /** The log, oldest first. */
  log(): Delivery[] {
    return this.#log.entries();
  }

  /** Forgets what is on its way and the log. */
  clear(): void {
    this.queue.clear();
    this.#log.clear();
  }

  async #attempt(delivery: QueuedDelivery): Promise<AttemptResult> {
    const { faults, appSecret, poster, settings } = this.#deps;
    const { about, statuses } = delivery.record;
    const facts = about === "mixed" ? {} : { about, status: statuses[0] };
    const badSignature = faults.take("bad_signature", facts) !== undefined;
    const signature = signBody(delivery.body, badSignature ? `not ${appSecret}` : appSecret);
    const url = this.#deps.callbackUrl() ?? "";
    const result = await poster.post(url, delivery.body, signature, settings.webhook_timeout_ms);
    return { ...result, badSignature };
  }

  #record(changes: Change[], body: string): Delivery {
    this.#created += 1;
    const kinds = [...new Set(changes.map((change) => change.about))];
    return {
      id: `webhook-${this.#created}`,
      created_at: this.#deps.clock.now(),
      state: "pending",
      about: kinds.length > 1 ? "mixed" : (kinds[0] ?? "raw"),
      wamids: changes.flatMap(({ wamid }) => wamid ?? []),
      statuses: changes.flatMap(({ status }) => status ?? []),
      attempts: 0,
      last_attempts: [],
      updates: Math.max(1, changes.length),
      ...(body.length <= LOGGED_BODY_LIMIT ? { body } : {}),
    };
  }
}
