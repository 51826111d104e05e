import type { Clock } from "./clock";
import type { Settings } from "./settings";
import { TokenBuckets } from "./token-buckets";

/** Meta's two limits on sending, with the live settings. */
export interface RateLimits {
  /** False when the number has used up its messages per second (130429). */
  allowThroughput(phoneNumberId: string): boolean;
  /** False when this person gets messages from this number too fast (131056). */
  allowPair(phoneNumberId: string, waId: string): boolean;
  /** An inbound message: it uses throughput too (reference 5), but nobody can refuse it. */
  countInbound(phoneNumberId: string): void;
  clear(): void;
}

/** Both limits as token buckets on the given clock. */
export function createRateLimits(settings: Settings, clock: Clock): RateLimits {
  const throughput = new TokenBuckets(clock);
  const pairs = new TokenBuckets(clock);
  const perSecond = () => ({
    capacity: Math.max(1, settings.throughput_per_second),
    perMs: settings.throughput_per_second / 1000,
  });
  return {
    allowThroughput: (id) => settings.throughput_per_second === 0 || throughput.take(id, perSecond()),
    allowPair(id, waId) {
      if (!settings.pair_rate) return true;
      const rate = { capacity: settings.pair_rate_burst, perMs: 1 / settings.pair_rate_interval_ms };
      return pairs.take(`${id} ${waId}`, rate);
    },
    countInbound(id) {
      if (settings.throughput_per_second > 0) throughput.take(id, perSecond());
    },
    clear() {
      throughput.clear();
      pairs.clear();
    },
  };
}
