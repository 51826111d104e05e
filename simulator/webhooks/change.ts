import type { JsonObject } from "../core/json-object";

/** One update for the business: what becomes one element of `entry[].changes`. */
export interface Change {
  about: "messages" | "statuses" | "account" | "raw";
  /** Empty for what is about the account. */
  phoneNumberId: string;
  /** The person it is about, for faults that strike one person only. */
  waId?: string;
  wamid?: string;
  status?: string;
  field: string;
  value: JsonObject;
  /** Unix seconds for `entry[].time`, which only account webhooks carry (reference 3.4). */
  timeS?: number;
  /** Called once: true when the receiver answered 200 for the body that carried it. */
  done?: (delivered: boolean) => void;
}
