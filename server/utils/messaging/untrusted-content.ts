import type { JsonObject } from "../meta/json";
import { readMessageDetails, type Details } from "../meta/message-details";
import { cutText } from "./cut-text";
import { untrustedText } from "./untrusted-text";

/** What of a message is shown besides its words. */
export interface UntrustedContent {
  readonly details: Details;
  /** Whether there is more than is shown. */
  readonly isCut: boolean;
}

// A card, an order or the answers of a form; nobody writes more into one field.
const FIELD_LIMIT_BYTES = 4_000;
// Fields and their names together: twenty cards can be megabytes.
const CONTENT_LIMIT_BYTES = 6_000;

/**
 * What a person's message holds besides words, for readers: under keys of our own, every text cleaned. What goes beyond the
 * limit is left out.
 *
 * @param content the message as Meta sent it
 */
export function untrustedContent(content: JsonObject): UntrustedContent {
  const budget = { bytes: CONTENT_LIMIT_BYTES, isCut: false };
  const details = take(readMessageDetails(content), budget);
  return { details, isCut: budget.isCut };
}

interface Budget {
  bytes: number;
  isCut: boolean;
}

function take(details: Details, budget: Budget): Details {
  const pairs = Object.entries(details).flatMap(([key, value]) => {
    // The quotes, the colon, the comma, and as much for the brackets of what follows.
    budget.bytes -= key.length + 8;
    const taken = takeValue(value, budget);
    return taken === undefined ? [] : [[key, taken] as const];
  });
  return Object.fromEntries(pairs);
}

function takeValue(value: Details[string], budget: Budget): Details[string] | undefined {
  if (budget.bytes <= 0) {
    budget.isCut = true;
    return undefined;
  }
  if (typeof value === "string") return takeText(value, budget);
  if (Array.isArray(value)) return value.map((item) => take(item, budget)).filter(hasKeys);
  if (typeof value === "object") return take(value, budget);
  budget.bytes -= String(value).length;
  return value;
}

const hasKeys = (details: Details): boolean => Object.keys(details).length > 0;

function takeText(text: string, budget: Budget): string {
  const clean = untrustedText(text);
  // Once more, because the cut may leave half of an emoji.
  const cut = untrustedText(cutText(clean, Math.min(FIELD_LIMIT_BYTES, budget.bytes)));
  budget.bytes -= Buffer.byteLength(JSON.stringify(cut));
  if (cut.length < clean.length) budget.isCut = true;
  return cut;
}
