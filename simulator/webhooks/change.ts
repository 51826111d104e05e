import type { JsonObject } from "../core/json-object";

/** One update for the business: what becomes one element of `entry[].changes`. */
export interface Change {
  about: "messages" | "statuses" | "raw";
  phoneNumberId: string;
  /** The person it is about, for faults that strike one person only. */
  waId?: string;
  wamid?: string;
  status?: string;
  field: string;
  value: JsonObject;
  /** Called once: true when the receiver answered 200 for the body that carried it. */
  done?: (delivered: boolean) => void;
}
