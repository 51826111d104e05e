import type { Clock } from "../core/clock";
import { createFifo } from "../core/fifo";
import type { FaultBox, FaultFacts } from "../faults/fault-box";
import type { Change } from "./change";
import { createCollector } from "./collector";
import { toMetaJson } from "./to-meta-json";
import type { WebhookOutlet } from "./webhook-outlet";
import { type BatchShape, wrapChanges } from "./wrap-changes";

const GATHER_WAIT_MS = 1000;

/** Takes updates and lets the faults in force play with them before they go out. */
export class WebhookSender {
  readonly #clock: Clock;
  readonly #faults: FaultBox;
  readonly #outlet: WebhookOutlet;
  readonly #wabaId: string;
  readonly #held = createFifo<Change>();
  readonly #batch;
  readonly #shuffle;
  #generation = 0;

  constructor(deps: { clock: Clock; faults: FaultBox; outlet: WebhookOutlet; wabaId: string }) {
    this.#clock = deps.clock;
    this.#faults = deps.faults;
    this.#outlet = deps.outlet;
    this.#wabaId = deps.wabaId;
    this.#batch = createCollector<Change>(deps.clock);
    this.#shuffle = createCollector<Change>(deps.clock);
  }

  /** How many updates the fault `hold` keeps back. */
  get held(): number {
    return this.#held.size;
  }

  /** Sends one update: held, delayed, gathered or at once. */
  send(change: Change): void {
    const facts = factsOf(change);
    if (this.#faults.take("hold", facts) !== undefined) {
      this.#held.push(change);
      return;
    }
    const delay = this.#faults.take("delay", facts);
    if (delay === undefined) {
      this.#gather(change, facts);
      return;
    }
    const generation = this.#generation;
    this.#clock.after(delay.ms ?? GATHER_WAIT_MS, () => {
      if (generation === this.#generation) this.#gather(change, facts);
    });
  }

  /** Lets go what `hold` keeps. Tells how many. */
  release(): number {
    const count = this.#held.size;
    for (let change = this.#held.shift(); change !== undefined; change = this.#held.shift()) {
      this.#gather(change, factsOf(change));
    }
    return count;
  }

  /** Ends open gatherings, as when their fault is withdrawn. */
  flush(): void {
    this.#batch.flush();
    this.#shuffle.flush();
  }

  /** Forgets what is kept back or delayed. */
  clear(): void {
    this.#generation += 1;
    this.#held.clear();
    this.#batch.clear();
    this.#shuffle.clear();
  }

  #gather(change: Change, facts: FaultFacts): void {
    if (!this.#batch.open) {
      const fault = this.#faults.take("batch", facts);
      if (fault !== undefined) {
        const full = (all: Change[]) => this.#deliver(all, fault.shape);
        this.#batch.begin(fault.size ?? 10, fault.ms ?? GATHER_WAIT_MS, full);
      }
    }
    if (this.#batch.open) {
      this.#batch.add(change);
      return;
    }
    if (!this.#shuffle.open) {
      const fault = this.#faults.take("reorder", facts);
      const full = (all: Change[]) => this.#deliverBackwards(all);
      if (fault !== undefined) this.#shuffle.begin(fault.size ?? 2, fault.ms ?? GATHER_WAIT_MS, full);
    }
    if (this.#shuffle.open) this.#shuffle.add(change);
    else this.#deliver([change]);
  }

  // One after the other: side by side on two connections they might arrive in the old order again.
  #deliverBackwards(changes: Change[]): void {
    const last = changes.pop();
    if (last !== undefined) this.#deliver([last], "changes", () => this.#deliverBackwards(changes));
  }

  #deliver(changes: Change[], shape: BatchShape = "changes", then?: () => void): void {
    const [first] = changes;
    if (first === undefined) return;
    const body = toMetaJson(wrapChanges(this.#wabaId, changes, shape));
    let settled = false;
    const settle = (delivered: boolean) => {
      if (settled) return;
      settled = true;
      for (const change of changes) change.done?.(delivered);
      then?.();
    };
    const twice = this.#faults.take("duplicate", factsOf(first)) !== undefined;
    this.#outlet.push(changes, body, settle);
    if (twice) this.#outlet.push(changes, body, settle);
  }
}

function factsOf({ about, status, phoneNumberId, waId }: Change): FaultFacts {
  return { about, status, phoneNumberId, waId };
}
