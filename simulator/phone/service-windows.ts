import type { Clock } from "../core/clock";

const WINDOW_MS = 24 * 3600 * 1000;

/** The 24-hour customer service windows, one per business number and person. */
export class ServiceWindows {
  readonly #clock: Pick<Clock, "now">;
  readonly #openedAt = new Map<string, number>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Opens or refreshes the window, from `at` (Unix milliseconds) on. */
  open(phoneNumberId: string, waId: string, at = this.#clock.now()): void {
    this.#openedAt.set(key(phoneNumberId, waId), at);
  }

  close(phoneNumberId: string, waId: string): void {
    this.#openedAt.delete(key(phoneNumberId, waId));
  }

  /** When the window closes, Unix milliseconds; undefined when it is closed. */
  closesAt(phoneNumberId: string, waId: string): number | undefined {
    const openedAt = this.#openedAt.get(key(phoneNumberId, waId));
    if (openedAt === undefined || openedAt + WINDOW_MS <= this.#clock.now()) return undefined;
    return openedAt + WINDOW_MS;
  }

  clear(): void {
    this.#openedAt.clear();
  }
}

function key(phoneNumberId: string, waId: string): string {
  return `${phoneNumberId} ${waId}`;
}
