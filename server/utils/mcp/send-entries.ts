import * as v from "valibot";
import { textUpTo } from "./text-up-to";

const EXPIRY_LIMIT_SECONDS = 2_592_000;

/** The arguments that every send takes besides its content. */
export const sendEntries = {
  to: textUpTo(160),
  phone_number_id: v.optional(
    v.pipe(
      v.string(),
      v.check((id) => /^\d{1,32}$/.test(id), "must be Meta's id of a number"),
    ),
  ),
  reply_to: v.optional(textUpTo(512)),
  idempotency_key: v.optional(textUpTo(128)),
  expires_in_s: v.optional(
    v.pipe(
      v.number(),
      v.check(
        (seconds) => Number.isInteger(seconds) && seconds >= 1 && seconds <= EXPIRY_LIMIT_SECONDS,
        `must be a whole number from 1 to ${EXPIRY_LIMIT_SECONDS}`,
      ),
    ),
  ),
};

const SendSchema = v.object(sendEntries);
export type SendInput = v.InferOutput<typeof SendSchema>;
