import * as v from "valibot";
import type { JsonObject } from "../json";
import { boundedText } from "./bounded-text";
import { listOf } from "./list-of";

export const CARDS_LIMIT = 257;
/** Meta names no limits for what is on a card. */
const CARD_TEXT_LIMIT = 1024;
const CARD_ENTRIES_LIMIT = 20;

const text = v.optional(boundedText(CARD_TEXT_LIMIT));
const entries = <const Item extends v.GenericSchema>(item: Item) =>
  v.optional(listOf(item, 0, CARD_ENTRIES_LIMIT));

const CardSchema = v.strictObject({
  name: v.strictObject({
    formatted_name: boundedText(CARD_TEXT_LIMIT),
    first_name: text,
    last_name: text,
    middle_name: text,
    prefix: text,
    suffix: text,
  }),
  phones: entries(v.strictObject({ phone: boundedText(CARD_TEXT_LIMIT), type: text, wa_id: text })),
  emails: entries(v.strictObject({ email: boundedText(CARD_TEXT_LIMIT), type: text })),
  urls: entries(v.strictObject({ url: boundedText(CARD_TEXT_LIMIT), type: text })),
  addresses: entries(
    v.strictObject({
      street: text,
      city: text,
      state: text,
      zip: text,
      country: text,
      country_code: text,
      type: text,
    }),
  ),
  org: v.optional(v.strictObject({ company: text, department: text, title: text })),
  birthday: v.optional(v.pipe(v.string(), v.isoDate("must be a date such as 1990-12-31"))),
});

export const ContactsSchema = v.strictObject({
  contacts: listOf(CardSchema, 1, CARDS_LIMIT),
});

/**
 * The list `contacts` of a message. A card needs one part of the name besides the whole, as older pages of Meta's say: the
 * whole stands in for it.
 */
export function buildContacts({ contacts }: v.InferOutput<typeof ContactsSchema>): JsonObject[] {
  return contacts.map(({ name, ...card }) => {
    const { formatted_name, ...parts } = name;
    const hasPart = Object.values(parts).some((part) => part !== undefined);
    return { ...card, name: { ...name, ...(hasPart ? {} : { first_name: formatted_name }) } };
  });
}
