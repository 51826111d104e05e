import { AppError } from "../errors";

/** Whom a caller means by `to`. */
export type Recipient =
  | { readonly kind: "phone_input" | "bsuid"; readonly value: string }
  | { readonly kind: "contact"; readonly contactId: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
// Two letters for the country, `.ENT` for a parent id (Meta, "Business-scoped user IDs").
const BSUID = /^[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}$/;
// "(0)" is dialled only within a country.
const PHONE_SIGNS = /\(0\)|[\s().+-]/g;
// E.164 allows 15 digits, and no country code begins with a zero; a wa_id has a country code and a few more. "00" is "+".
const DIGITS = /^(?:00)?([1-9]\d{5,14})$/;

/**
 * Reads whom a caller means: a phone number in any common notation, a wa_id, a BSUID or our own contact id.
 *
 * @param field the argument that it stands in
 * @throws AppError `invalid_arguments`, without repeating what was given
 */
export function readRecipient(text: string, field: "to" | "contact"): Recipient {
  const given = text.trim();
  if (UUID.test(given)) return { kind: "contact", contactId: given.toLowerCase() };
  if (BSUID.test(given)) return { kind: "bsuid", value: given };
  const digits = DIGITS.exec(given.replaceAll(PHONE_SIGNS, ""))?.[1];
  if (digits) return { kind: "phone_input", value: digits };
  throw new AppError(
    "invalid_arguments",
    `${field} is not a phone number, a wa_id, a BSUID or a contact id.`,
    {
      advice:
        "Give a phone number with its country code, for example +16505551234, or a contact_id from a message.",
      details: { field },
    },
  );
}
