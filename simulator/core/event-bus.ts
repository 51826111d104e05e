/** Something that happened in the simulated world. `seq` grows by one with each event. */
export interface SimulatorEvent {
  seq: number;
  type: string;
  at: number;
  data: unknown;
}

/** Tells the page and tests what happens, while it happens. */
export interface EventBus {
  /** `describe` is called only when somebody listens: at full load nobody does. */
  publish(type: string, describe: () => unknown): void;
  /** The answer ends the subscription. */
  subscribe(listener: (event: SimulatorEvent) => void): () => void;
  readonly listeners: number;
}

/** A bus without memory: who subscribes late reads the state first. */
export function createEventBus(now: () => number): EventBus {
  const listeners = new Set<(event: SimulatorEvent) => void>();
  let seq = 0;
  return {
    publish(type, describe) {
      seq += 1;
      if (listeners.size === 0) return;
      const event = { seq, type, at: now(), data: describe() };
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get listeners() {
      return listeners.size;
    },
  };
}
