import type { JsonObject } from "../meta/json";
import { readMessageDetails, type Details } from "../meta/message-details";
import { untrustedText } from "./untrusted-text";

// A contact card or the answers of a form; nobody writes more into one field.
const TEXT_LIMIT = 4_000;

/**
 * What a person's message holds besides words, for readers: under keys of our own, every text cleaned.
 *
 * @param content the message as Meta sent it
 */
export function untrustedContent(content: JsonObject): Details {
  return clean(readMessageDetails(content));
}

function clean(details: Details): Details {
  return Object.fromEntries(Object.entries(details).map(([key, value]) => [key, cleanValue(value)]));
}

function cleanValue(value: Details[string]): Details[string] {
  // Not half of a pair, which is no text.
  if (typeof value === "string") {
    return untrustedText(value.slice(0, TEXT_LIMIT).replace(/[\uD800-\uDBFF]$/, ""));
  }
  if (Array.isArray(value)) return value.map(clean);
  return typeof value === "object" ? clean(value) : value;
}
