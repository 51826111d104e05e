import type { Clock } from "../core/clock";
import type { Settings } from "../core/settings";
import { isFurther, type MessageStatus, type PhoneMessage } from "./phone-message";

/** What the ladder needs from its surroundings. */
export interface StatusLadderDeps {
  clock: Clock;
  settings: Settings;
  /** True while the person has this chat on the screen. */
  isChatOpen: (message: PhoneMessage) => boolean;
  /** Tells the business; `answered` is called once its webhook took the status. */
  report: (message: PhoneMessage, status: MessageStatus, answered?: () => void) => void;
}

/** Walks a business's messages through sent, delivered and read, as the network and the person do. */
export class StatusLadder {
  readonly #deps: StatusLadderDeps;
  #generation = 0;

  constructor(deps: StatusLadderDeps) {
    this.#deps = deps;
  }

  /** Sets a freshly accepted message on its way. */
  start(message: PhoneMessage): void {
    this.#later(this.#deps.settings.sent_delay_ms, () => this.#firstStep(message));
  }

  /** The same, yet the first status goes out now; resolves when the webhook answered, at the latest after `limitMs`. */
  startAtOnce(message: PhoneMessage, limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(limitMs, resolve);
      this.#firstStep(message, () => {
        cancel();
        resolve();
      });
    });
  }

  /** The person has seen the message. One still under way is read when it is delivered. */
  read(message: PhoneMessage): void {
    if (message.author !== "business" || !message.arrived) return;
    if (message.status === "delivered") this.#reach(message, "read");
    else message.readWanted = true;
  }

  /** The person has listened to a voice message; then it was also read. */
  play(message: PhoneMessage): void {
    if (message.author !== "business" || !message.arrived) return;
    this.#reach(message, "read");
    this.#reach(message, "played");
  }

  /** Forgets all messages under way. */
  clear(): void {
    this.#generation += 1;
  }

  #firstStep(message: PhoneMessage, answered?: () => void): void {
    if (message.failure !== undefined) {
      this.#reach(message, "failed", answered);
      return;
    }
    this.#reach(message, "sent", answered);
    // A reaction is never reported beyond `sent` (reference 2.3).
    if (message.type === "reaction") return;
    this.#later(this.#deps.settings.delivered_delay_ms, () => this.#deliver(message));
  }

  #deliver(message: PhoneMessage): void {
    const { settings, isChatOpen } = this.#deps;
    const open = isChatOpen(message);
    if (!open || !settings.skip_delivered_when_open) this.#reach(message, "delivered");
    else message.readWanted = true;
    if (!open && !settings.auto_read && message.readWanted !== true) return;
    this.#later(settings.read_delay_ms, () => this.#reach(message, "read"));
  }

  #reach(message: PhoneMessage, status: MessageStatus, answered?: () => void): void {
    if (!isFurther(status, message.status)) return;
    message.status = status;
    message.history[status] = this.#deps.clock.now();
    this.#deps.report(message, status, answered);
  }

  #later(delayMs: number, run: () => void): void {
    const generation = this.#generation;
    this.#deps.clock.after(delayMs / this.#deps.settings.speed, () => {
      if (generation === this.#generation) run();
    });
  }
}
