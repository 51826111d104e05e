import type { Clock } from "../core/clock";
import { createFifo } from "../core/fifo";
import type { Settings } from "../core/settings";
import type { Attempt, Delivery } from "./delivery";
import type { PostResult } from "./post-webhook";
import { retryDelayMs } from "./retry-delay";

/** A delivery with its bytes and with those who wait for its end. */
export interface QueuedDelivery {
  record: Delivery;
  body: Buffer;
  /** Called once: true when the receiver answered 200. */
  done: (delivered: boolean) => void;
}

/** How one attempt ended, and whether its signature was spoiled on purpose. */
export type AttemptResult = PostResult & { badSignature: boolean };

/** What the queue needs from its surroundings. */
export interface DeliveryQueueDeps {
  clock: Clock;
  settings: Settings;
  attempt: (delivery: QueuedDelivery) => Promise<AttemptResult>;
  onAttempt?: (record: Delivery, attempt: Attempt) => void;
}

const ATTEMPTS_KEPT = 10;

/**
 * Delivers with bounded concurrency and retries, like Meta: nothing is lost while the receiver is down. An answer
 * other than 200 sends that delivery alone to a later try. A failed connection closes the gate for all: one
 * delivery probes until the receiver is back, the others wait in order.
 */
export class DeliveryQueue {
  readonly #deps: DeliveryQueueDeps;
  readonly #fresh = createFifo<QueuedDelivery>();
  readonly #returned = createFifo<QueuedDelivery>();
  readonly #waiting = new Map<QueuedDelivery, () => void>();
  #active = 0;
  #generation = 0;
  #failures = 0;
  #cancelReopening: (() => void) | undefined;

  constructor(deps: DeliveryQueueDeps) {
    this.#deps = deps;
  }

  /** Deliveries neither acknowledged nor dropped. */
  get pending(): number {
    return this.#fresh.size + this.#returned.size + this.#waiting.size + this.#active;
  }

  /** Hands a delivery in; it is tried as soon as there is room. */
  push(delivery: QueuedDelivery): void {
    this.#fresh.push(delivery);
    this.#pump();
  }

  /** Makes everything that waits for a retry due now. */
  retryNow(): void {
    for (const [delivery, cancel] of this.#waiting) {
      cancel();
      this.#returned.push(delivery);
    }
    this.#waiting.clear();
    this.#openGate();
  }

  /** Forgets everything, what is on the wire included. */
  clear(): void {
    this.#generation += 1;
    this.#active = 0;
    this.#failures = 0;
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
    this.#fresh.clear();
    this.#returned.clear();
    this.#openGate();
  }

  #pump(): void {
    const limit = this.#failures > 0 ? 1 : this.#deps.settings.webhook_concurrency;
    while (this.#cancelReopening === undefined && this.#active < limit) {
      const next = this.#returned.shift() ?? this.#fresh.shift();
      if (next === undefined) return;
      this.#active += 1;
      void this.#run(next, this.#generation);
    }
  }

  async #run(delivery: QueuedDelivery, generation: number): Promise<void> {
    const startedAt = this.#deps.clock.now();
    const isProbe = this.#failures > 0;
    const result = await this.#deps.attempt(delivery);
    if (generation !== this.#generation) return;
    this.#active -= 1;
    const attempt = this.#note(delivery.record, startedAt, result);
    this.#deps.onAttempt?.(delivery.record, attempt);
    if (result.kind === "unreachable") {
      this.#shutGate();
      // A probe stays the first in line; of those that fail side by side the order is lost anyway.
      this.#keepOrDrop(delivery, () =>
        isProbe ? this.#returned.unshift(delivery) : this.#returned.push(delivery),
      );
    } else {
      this.#failures = 0;
      if (result.kind === "answered" && result.status === 200) finish(delivery, "delivered");
      else this.#keepOrDrop(delivery, () => this.#tryLater(delivery));
    }
    this.#pump();
  }

  #keepOrDrop(delivery: QueuedDelivery, keep: () => void): void {
    const ageMs = this.#deps.clock.now() - delivery.record.created_at;
    if (ageMs > this.#deps.settings.retry_horizon_ms) finish(delivery, "dropped");
    else keep();
  }

  #tryLater(delivery: QueuedDelivery): void {
    const delayMs = retryDelayMs(this.#deps.settings, delivery.record.attempts);
    const cancel = this.#deps.clock.after(delayMs, () => {
      this.#waiting.delete(delivery);
      this.#returned.push(delivery);
      this.#pump();
    });
    this.#waiting.set(delivery, cancel);
  }

  #shutGate(): void {
    if (this.#cancelReopening !== undefined) return;
    this.#failures += 1;
    const delayMs = retryDelayMs(this.#deps.settings, this.#failures);
    this.#cancelReopening = this.#deps.clock.after(delayMs, () => this.#openGate());
  }

  #openGate(): void {
    this.#cancelReopening?.();
    this.#cancelReopening = undefined;
    this.#pump();
  }

  #note(record: Delivery, startedAt: number, result: AttemptResult): Attempt {
    const attempt: Attempt = { at: startedAt, ms: this.#deps.clock.now() - startedAt };
    if (result.kind === "answered") attempt.status = result.status;
    if (result.kind === "unreachable") attempt.error = result.error;
    if (result.kind === "timeout") attempt.error = "timeout";
    if (result.badSignature) attempt.bad_signature = true;
    record.attempts += 1;
    record.last_attempts.push(attempt);
    if (record.last_attempts.length > ATTEMPTS_KEPT) record.last_attempts.shift();
    return attempt;
  }
}

function finish(delivery: QueuedDelivery, state: "delivered" | "dropped"): void {
  delivery.record.state = state;
  delivery.done(state === "delivered");
}
