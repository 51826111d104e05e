import { UNTRUSTED_NOTICE } from "#server/utils/messaging/untrusted-notice";
import { findHidden } from "./find-hidden";
import { findLeaks } from "./find-leaks";

// What a Claude host takes in one answer: 25,000 tokens, of which each is a byte at least.
const ANSWER_LIMIT_BYTES = 25_000;

/** Everything that is wrong with what an agent is answered, as far as strangers' words go. */
export function judgeAnswer(answer: unknown): string[] {
  const text = JSON.stringify(answer) ?? "";
  const bytes = Buffer.byteLength(text);
  const texts = listTexts(answer);
  const notice = (answer as { notice?: unknown } | null)?.notice;
  return [
    ...findLeaks(answer).map((leak) => `leak: ${leak}`),
    ...texts.flatMap(findHidden).map((sign) => `hidden: ${sign}`),
    ...(text.includes('"untrusted_') && notice !== UNTRUSTED_NOTICE ? ["no notice"] : []),
    ...(bytes > ANSWER_LIMIT_BYTES ? [`too long: ${bytes} bytes`] : []),
  ];
}

/** Every text in a value, names of members included. */
function listTexts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return [...Object.keys(value), ...Object.values(value).flatMap(listTexts)];
}
