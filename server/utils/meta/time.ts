import { asText } from "./json";

// WhatsApp began in 2009: what is older is no time of a message.
const FIRST_SECOND = Date.UTC(2009, 0, 1) / 1000;

/**
 * Meta's time: unix seconds, as a string or a number. A time that cannot be read, or that lies after the
 * receipt, counts as the time of receipt: a forged future would hold the 24-hour window open.
 */
export function readTime(value: unknown, receivedAt: Date): Date {
  const seconds = Number(asText(value));
  if (!Number.isFinite(seconds) || seconds < FIRST_SECOND) return receivedAt;
  return new Date(Math.min(seconds * 1000, receivedAt.getTime()));
}
