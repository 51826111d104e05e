import type { Clock } from "./clock";

/** How large a bucket is and how fast it fills. */
export interface BucketRate {
  capacity: number;
  /** Tokens per millisecond. */
  perMs: number;
}

/** Token buckets by key. Full at first; the rate is given with each take, so that it may change while running. */
export class TokenBuckets {
  readonly #clock: Pick<Clock, "now">;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Takes one token; false when there is none. */
  take(key: string, rate: BucketRate): boolean {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: rate.capacity, at: now };
    bucket.tokens = Math.min(rate.capacity, bucket.tokens + (now - bucket.at) * rate.perMs);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    // Sixths of a second add up to a hair less than one in floating point.
    if (bucket.tokens < 1 - 1e-9) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Fills all buckets again. */
  clear(): void {
    this.#buckets.clear();
  }
}
