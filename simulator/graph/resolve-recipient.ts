import type { BusinessNumber } from "../core/business-number";
import { countryCodeOf } from "../core/country-code";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import type { Contact } from "../phone/contact-book";
import { GraphError } from "./graph-error";

/** Who gets a message, and how the business named that person. */
export interface Recipient {
  contact: Contact;
  /** As the business wrote it. */
  input: string;
  addressedBy: "phone" | "user_id";
}

const USER_ID = /^[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}$/;

/**
 * Finds the recipient of a send. `to` wins over `recipient`. A phone number without `+` is taken as a local one and
 * gets the business's own country code in front, even when it already is international: Meta documents that such
 * messages reach the wrong person, and this is where a client that forgets the `+` finds out.
 */
export function resolveRecipient(world: World, number: BusinessNumber, body: JsonObject): Recipient {
  const { to, recipient } = body;
  if (to !== undefined && to !== null && to !== "") return byPhone(world, number, to);
  if (recipient === undefined || recipient === null || recipient === "") {
    throw new GraphError(100, { message: "(#100) The parameter to is required." });
  }
  return byUserId(world, recipient);
}

function byPhone(world: World, number: BusinessNumber, to: unknown): Recipient {
  if (typeof to !== "string" && typeof to !== "number") throw invalid("to must be a string");
  const input = String(to);
  if (!/^[+\d\s().-]+$/.test(input)) throw invalid("to is not a phone number");
  const digits = internationalDigits(world, number, input);
  if (digits.length < 7 || digits.length > 17) throw invalid("to is not a phone number");
  if (digits === number.displayNumber) {
    throw new GraphError(131021, { details: "A business number cannot write to itself" });
  }
  return { contact: world.contacts.getOrAdd(digits), input, addressedBy: "phone" };
}

function internationalDigits(world: World, number: BusinessNumber, input: string): string {
  const digits = input.replace(/\D/g, "");
  if (input.trim().startsWith("+") || !world.settings.prepend_country_code) return digits;
  return countryCodeOf(number.displayNumber) + digits;
}

function byUserId(world: World, recipient: unknown): Recipient {
  if (typeof recipient !== "string" || !USER_ID.test(recipient)) throw invalid("recipient is not a user id");
  // A user id nobody here has belongs to another portfolio, or was replaced: Meta answers both alike.
  const contact = world.contacts.findByUserId(recipient);
  if (contact === undefined) throw invalid("recipient is not a user id of this portfolio");
  return { contact, input: recipient, addressedBy: "user_id" };
}

function invalid(details: string): GraphError {
  return new GraphError(131009, { details });
}
